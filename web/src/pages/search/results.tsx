import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { asApiError } from '../../api/problem';
import { availableQuery, searchQuery } from '../../api/queries';
import { exported } from '../../api/site';
import type { DatasetDetail, ModelSummary, SearchResult } from '../../api/types';
import { Installing } from '../../components/installing';
import { useAnnounce } from '../../components/announcer';
import { Trouble } from '../../components/trouble';
import { className, duration, pictures } from '../../lib/format';
import type { Query, View } from '../../state/view';
import { Indexing } from './indexing';
import { Pulling } from './pulling';
import { QueryCard } from './query-card';
import { SaveResults } from './save-results';
import { Score, ScoreAwaited } from './score';
import { Tiles, TilesSkeleton } from './tiles';
import { WaysOut } from './ways-out';

interface ResultsProps {
  view: View;
  query: Query | null;
  dataset: UseQueryResult<DatasetDetail>;
  models: UseQueryResult<ModelSummary[]>;
}

/** What the search found, or why it found nothing. */
export function Results({ view, query, dataset, models }: ResultsProps) {
  const available = useQuery({ ...availableQuery, enabled: dataset.isError });
  const pullable = available.data?.find(({ name }) => name === view.dataset);
  if (dataset.error && pullable) return <Pulling key={pullable.name} set={pullable} />;
  if (dataset.error && available.isPending) return <ResultsSkeleton />;
  const failed = dataset.error ? dataset : models.error ? models : null;
  if (failed) {
    return (
      <Trouble error={failed.error} onRetry={() => void failed.refetch()}>
        <WaysOut view={view} error={failed.error} />
      </Trouble>
    );
  }
  if (!dataset.data) return <ResultsSkeleton />;
  if (query === null) return <Empty dataset={dataset.data} />;
  const model = models.data?.find(({ name }) => name === view.model);
  if (model?.weights === 'missing') {
    return (
      <Frame query={<QueryCard view={view} query={query} dataset={dataset.data} />}>
        <Installing model={model} />
      </Frame>
    );
  }
  return <Found view={view} query={query} dataset={dataset.data} />;
}

interface FoundProps {
  view: View;
  query: Query;
  dataset: DatasetDetail;
}

function Found({ view, query, dataset }: FoundProps) {
  const search = useQuery({
    ...searchQuery(view, query),
    // The results of the query before stay until the new ones are there, if their pictures are of the same set.
    placeholderData: (previous) => (previous?.dataset === view.dataset ? previous : undefined),
  });
  useSpokenResult(search.isPlaceholderData ? undefined : search.data, query, dataset);

  if (search.isError && asApiError(search.error).code === 'not_indexed') {
    return (
      <Frame query={<QueryCard view={view} query={query} dataset={dataset} />}>
        <Indexing settings={view} images={dataset.images.length} onDone={() => void search.refetch()} />
      </Frame>
    );
  }
  if (search.isError) {
    return (
      <Trouble error={search.error} onRetry={() => void search.refetch()}>
        <WaysOut view={view} error={search.error} />
      </Trouble>
    );
  }
  const result = search.data;
  return (
    <Frame
      query={
        <QueryCard view={view} query={query} dataset={dataset}>
          {result ? <Score result={result} busy={search.isPlaceholderData} /> : null}
          {!result && hasClass(query, dataset) ? <ScoreAwaited /> : null}
        </QueryCard>
      }
    >
      <div className="results__body" aria-busy={search.isFetching && (search.isPlaceholderData || !result)}>
        {result ? (
          <>
            <Tiles view={view} result={result} dataset={dataset} />
            <p className="results__foot">{footnote(view, result, dataset)}</p>
            {view.advanced && result.results.length > 0 ? <SaveResults result={result} /> : null}
          </>
        ) : (
          <TilesSkeleton />
        )}
      </div>
    </Frame>
  );
}

function hasClass(query: Query, { images }: DatasetDetail): boolean {
  return query.kind === 'image' && (images[query.index]?.class ?? '') !== '';
}

function footnote(view: View, result: SearchResult, dataset: DatasetDetail): string {
  if (result.results.length === 0) return 'There is no other picture in this set.';
  const cost = exported ? '' : `${pictures(dataset.images.length)} compared in ${duration(result.elapsed_ms)}.`;
  if (view.query !== null) return cost;
  return `${cost} We began with this picture: click any other, here or in the set, to search with that one.`;
}

function Frame({ query, children }: { query: ReactNode; children: ReactNode }) {
  return (
    <div className="results__frame">
      {query}
      {children}
    </div>
  );
}

function ResultsSkeleton() {
  return (
    <Frame
      query={
        <div className="query">
          <span className="mat query__picture skeleton" />
          <div className="query__words" />
        </div>
      }
    >
      <TilesSkeleton />
    </Frame>
  );
}

function Empty({ dataset }: { dataset: DatasetDetail }) {
  return (
    <div className="panel">
      <h2>There are no pictures in “{dataset.title}”</h2>
      <p>
        Add a folder of your own with the command <code>convnet datasets add NAME DIR</code>, then choose it here. Each
        sub-folder becomes a category.
      </p>
    </div>
  );
}

function useSpokenResult(result: SearchResult | undefined, query: Query, dataset: DatasetDetail): void {
  const announce = useAnnounce();
  useEffect(() => {
    if (result) announce(spoken(result, query, dataset));
  }, [announce, result, query, dataset]);
}

function spoken(result: SearchResult, query: Query, dataset: DatasetDetail): string {
  const image = query.kind === 'image' ? dataset.images[query.index] : undefined;
  const name = image ? (image.class === '' ? image.file : className(image.class)) : 'your picture';
  const found = `${pictures(result.results.length)} similar to ${name}`;
  if (result.score === undefined) return found;
  return `${found}, search score ${result.score.toFixed(1)} percent`;
}

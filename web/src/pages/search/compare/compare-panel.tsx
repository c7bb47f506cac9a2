import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '@carbon/react';
import { compareQuery } from '../../../api/compare';
import { modelsQuery } from '../../../api/queries';
import { useAnnounce } from '../../../components/announcer';
import { Trouble } from '../../../components/trouble';
import '../../../styles/compare.scss';
import type { Query } from '../../../state/view';
import type { PanelProps } from '../panels';
import { WaysOut } from '../ways-out';
import { chartsOf } from './charts';
import { Finds } from './finds';
import { ModelChart } from './model-chart';
import { Uninstalled } from './uninstalled';
import { Progress } from './progress';
import { bestSentence, layers } from './words';

/** What every indexed layer finds for the query. */
export function ComparePanel(props: PanelProps) {
  const { query } = props;
  if (query === null) return <p className="compare__note">There is no picture to compare the layers by.</p>;
  return <Comparison {...props} query={query} />;
}

function Comparison({ view, dataset, model, query }: PanelProps & { query: Query }) {
  const options = compareQuery(view, dataset.version, query);
  const cache = useQueryClient();
  const comparison = useQuery(options);
  const models = useQuery(modelsQuery).data ?? [];
  const { data, error, isFetching } = comparison;
  const rows = useMemo(() => data?.rows ?? [], [data]);
  const layer = view.layer ?? model.default_layer;
  const wanted = query.kind === 'image' ? (dataset.images[query.index]?.class ?? '') : '';
  const classed = wanted !== '';
  const [asked, setAsked] = useState(false);
  const showsFinds = asked || !classed;
  const sentence = bestSentence(models, rows);
  const ended = data?.end !== null && data?.end !== undefined;
  const announce = useAnnounce();
  useEffect(() => {
    if (ended) announce(`${layers(rows.length)} compared. ${sentence}`);
  }, [announce, ended, rows.length, sentence]);
  const again = () => void comparison.refetch();

  return (
    <div className="compare">
      <Progress
        told={`${layers(rows.length)} compared`}
        ended={ended}
        running={isFetching}
        onCancel={() => void cache.cancelQueries({ queryKey: options.queryKey, exact: true })}
        onAgain={again}
      />
      {error ? (
        <Trouble error={error} onRetry={again}>
          <WaysOut view={view} error={error} />
        </Trouble>
      ) : null}
      {classed ? null : (
        <p className="compare__note">
          {query.kind === 'picture' ? 'Your picture' : 'This picture'} has no category, so no layer has a score. What each
          layer finds is shown all the same.
        </p>
      )}
      {sentence === '' ? null : <p className="compare__best">{isFetching ? `So far: ${sentence}` : sentence}</p>}
      <div className="compare__charts">
        {chartsOf(models, rows, { model: model.name, layer }).map((chart) => (
          <ModelChart
            key={chart.model.name}
            chart={chart}
            view={view}
            scored={classed}
            running={isFetching}
            missing={data?.end?.missing.filter((missing) => missing.model === chart.model.name) ?? []}
            images={dataset.images.length}
            onIndexed={again}
          />
        ))}
      </div>
      {rows.length > 0 && classed ? (
        <Button kind="tertiary" size="sm" aria-expanded={showsFinds} onClick={() => { setAsked(!asked); }}>
          {asked ? 'Hide what each layer finds' : 'Show what each layer finds'}
        </Button>
      ) : null}
      {showsFinds ? <Finds rows={rows} models={models} view={view} dataset={dataset} wanted={wanted} /> : null}
      <Uninstalled models={models} view={view} />
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { modelsQuery, optionsQuery, searchQuery, type Settings } from '../../../api/queries';
import type { Choice, DatasetDetail, ModelSummary, SearchResult } from '../../../api/types';
import { useAnnounce } from '../../../components/announcer';
import { configurationOf, type Configuration } from '../../../state/configuration';
import { useChangeView } from '../../../state/use-view';
import type { Query, View } from '../../../state/view';
import '../../../styles/contrast.scss';
import { layerTitle } from '../compare/words';
import type { PanelProps } from '../panels';
import { Found } from './found';
import { agreement, linksOf } from './links';
import { Lines } from './lines';
import { OtherSettings } from './other-settings';
import { Unfound } from './unfound';

/** The page's search beside a second one for the same picture. */
export function ContrastPanel(props: PanelProps) {
  const { query } = props;
  if (query === null) return <p className="contrast__note">There is no picture to search with.</p>;
  return <Contrast {...props} query={query} />;
}

function Contrast({ view, query, dataset, model }: PanelProps & { query: Query }) {
  const change = useChangeView();
  const models = useQuery(modelsQuery).data ?? [];
  const other = view.other ?? suggested(view, model);
  const settings = { ...other, dataset: view.dataset };
  const first = useSearch(view, query);
  const second = useSearch(settings, query);
  return (
    <div className="contrast">
      <OtherSettings
        other={other}
        models={models}
        onChange={(next) => { change({ other: { ...other, ...next } }); }}
        onSwap={() => { change({ ...configurationOf(other), other: configurationOf(view) }); }}
      />
      {first.isSuccess && second.isSuccess ? (
        <Both
          view={view}
          dataset={dataset}
          settings={[view, settings]}
          models={models}
          results={[first.data, second.data]}
          busy={first.isPlaceholderData || second.isPlaceholderData}
        />
      ) : (
        <Unfound
          view={view}
          first={first}
          second={second}
          settings={settings}
          model={models.find(({ name }) => name === other.model)}
          images={dataset.images.length}
        />
      )}
    </div>
  );
}

interface BothProps {
  view: View;
  dataset: DatasetDetail;
  /** Of the first search and the second, as all pairs here. */
  settings: [Configuration, Configuration];
  models: ModelSummary[];
  results: [SearchResult, SearchResult];
  /** Whether the results are those of a moment ago. */
  busy: boolean;
}

function Both({ view, dataset, settings, models, results, busy }: BothProps) {
  const [first, second] = results;
  const links = linksOf(first.results, second.results);
  const sentence = agreement(links.length, first.results.length, second.results.length);
  const announce = useAnnounce();
  useEffect(() => {
    if (!busy) announce(sentence);
  }, [announce, busy, sentence]);
  return (
    <>
      <p className="contrast__sentence">{sentence}</p>
      <div className="contrast__columns" aria-busy={busy}>
        {([0, 1] as const).map((side) => (
          <section key={side} className="contrast__side" aria-label={['First search', 'Second search'][side]}>
            <Head side={side} settings={settings[side]} models={models} result={results[side]} />
            <Found result={results[side]} links={links} side={side} view={view} dataset={dataset} />
          </section>
        ))}
        <Lines links={links} rows={Math.max(first.results.length, second.results.length)} />
      </div>
    </>
  );
}

function useSearch(settings: Settings, query: Query) {
  return useQuery({
    ...searchQuery(settings, query),
    placeholderData: (previous) => (previous?.dataset === settings.dataset ? previous : undefined),
  });
}

interface HeadProps {
  side: 0 | 1;
  settings: Configuration;
  models: ModelSummary[];
  result: SearchResult;
}

function Head({ side, settings, models, result }: HeadProps) {
  const options = useQuery(optionsQuery).data;
  const title = (choices: Choice[] | undefined, name: string) => choices?.find((choice) => choice.name === name)?.title ?? name;
  const words = [
    layerTitle(models, result),
    `distance: ${title(options?.metrics, settings.metric)}${result.p === undefined ? '' : ` with p = ${result.p}`}`,
    `pooling: ${title(options?.poolings, settings.pool)}`,
    `transform: ${title(options?.transforms, settings.transform)}`,
  ];
  return (
    <header className="contrast__head">
      <h3>{side === 0 ? 'First: as set above' : 'Second'}</h3>
      <p>{words.join('; ')}</p>
      {result.score === undefined ? null : <p className="contrast__score">{result.score.toFixed(1)} %</p>}
    </header>
  );
}

/** A second search worth looking at first: the same by another layer, from the middle of the network, or else its last. */
function suggested(view: Configuration, model: ModelSummary): Configuration {
  const middle = model.search_layers[Math.floor((model.search_layers.length - 1) / 2)] ?? null;
  const layer = view.layer === null || view.layer !== middle ? middle : null;
  return { ...configurationOf(view), layer };
}

import { ArrowDown, Help } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { datasetQuery, modelsQuery } from '../../api/queries';
import { exported } from '../../api/site';
import type { DatasetDetail } from '../../api/types';
import { DropTarget } from '../../components/drop-target';
import { useUpload } from '../../components/use-upload';
import { altText, className, pictureName } from '../../lib/format';
import { useRememberAdvanced } from '../../state/use-remembered';
import { useChangeView, useView } from '../../state/use-view';
import type { Query } from '../../state/view';
import { useGuide } from './guide/use-guide';
import { FoldingPanel, Panels } from './panels';
import { Pictures } from './pictures';
import { Results } from './results';
import { gridOrder } from './rows';
import { SettingLine } from './setting-line';
import { useReturn } from './use-return';

const Guide = lazy(() => import('./guide/guide').then((module) => ({ default: module.Guide })));
const Settings = lazy(() => import('./settings/settings').then((module) => ({ default: module.Settings })));

/** Search: results on one side, the dataset's pictures on the other; on the advanced page the settings above them. */
export function SearchPage() {
  const view = useView();
  const dataset = useQuery(datasetQuery(view.dataset));
  const models = useQuery(modelsQuery);
  const results = useRef<HTMLElement>(null);
  const pictures = useRef<HTMLElement>(null);
  const place = useReturn(results, pictures);
  const change = useChangeView();
  const guide = useGuide();
  const upload = useUpload((id) => {
    change({ query: { kind: 'picture', id } });
    place.toResults();
  });
  const query = useMemo(() => view.query ?? suggestion(dataset.data), [view.query, dataset.data]);
  useTitle(query, dataset.data);
  useRememberAdvanced(view.advanced === true);
  const model = models.data?.find(({ name }) => name === view.model);

  return (
    <div className="search">
      <div className="intro">
        <h1>Search pictures the way a neural network sees them</h1>
        <p>Click a picture{exported ? '' : ', or bring your own,'} and see the fifteen most similar ones.</p>
        <Button className="intro__help" kind="ghost" size="sm" renderIcon={Help} onClick={() => { guide.open('start'); }}>
          How this works
        </Button>
      </div>
      <SettingLine view={view} model={model} />
      {view.advanced ? (
        <div className="drawer">
          <FoldingPanel
            name="settings"
            title="Search configuration"
            subject={[dataset.data?.title ?? view.dataset, model?.title ?? view.model, view.layer ?? model?.default_layer, view.metric].join(', ')}
            view={view}
          >
            <Suspense fallback={<div className="drawer__loading skeleton" />}>
              <Settings view={view} query={query} onExplain={guide.open} />
            </Suspense>
          </FoldingPanel>
        </div>
      ) : null}
      <div className="stage">
        <section className="results" ref={results} tabIndex={-1} aria-label="Similar pictures">
          <Results view={view} query={query} dataset={dataset} models={models} />
        </section>
        {view.advanced && dataset.data && model ? <Panels view={view} query={query} dataset={dataset.data} model={model} /> : null}
      </div>
      <Pictures ref={pictures} view={view} query={query} dataset={dataset} upload={upload} onOpen={place.toResults} />
      {place.away ? (
        <Button className="back" size="md" renderIcon={ArrowDown} onClick={place.toPictures}>
          Pictures
        </Button>
      ) : null}
      {guide.shown === null ? null : (
        <Suspense>
          <Guide at={guide.shown} dataset={view.dataset} onClose={guide.close} />
        </Suspense>
      )}
      <DropTarget label="Drop the picture to search with it" onPicture={upload.send} />
    </div>
  );
}

/** The picture to show on a first visit: the grid's first. */
function suggestion(dataset: DatasetDetail | undefined): Query | null {
  const [index] = gridOrder(dataset?.images.length ?? 0);
  return index === undefined ? null : { kind: 'image', index };
}

function useTitle(query: Query | null, dataset: DatasetDetail | undefined): void {
  useEffect(() => {
    const name = titleOf(query, dataset);
    document.title = name === '' ? 'ConvNet Playground' : `${name} · ConvNet Playground`;
  }, [query, dataset]);
}

function titleOf(query: Query | null, dataset: DatasetDetail | undefined): string {
  if (query?.kind === 'picture') return 'Your picture';
  const image = query ? dataset?.images[query.index] : undefined;
  if (!image) return dataset?.title ?? '';
  return image.class === '' ? altText(image) : `${pictureName(image.file)}, ${className(image.class)}`;
}

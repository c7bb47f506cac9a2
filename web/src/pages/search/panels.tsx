import { ChevronDown, ChevronUp } from '@carbon/icons-react';
import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import type { DatasetDetail, ModelSummary } from '../../api/types';
import { useChangeView } from '../../state/use-view';
import type { Panel, Query, View } from '../../state/view';

/** What every panel of the advanced page is given. */
export interface PanelProps {
  view: View;
  query: Query | null;
  dataset: DatasetDetail;
  /** The model of the view. */
  model: ModelSummary;
}

interface PanelEntry {
  name: Exclude<Panel, 'settings'>;
  title: string;
  /** What the panel shows, in a few words. */
  subject: (props: PanelProps) => string;
  Body: ComponentType<PanelProps>;
}

/** The panels below the results, in the order of the page. Their bodies are loaded when they are opened first. */
const entries: PanelEntry[] = [
  {
    name: 'map',
    title: 'Map of all pictures',
    subject: ({ view, model }) => `${view.map.method === 'pca' ? 'PCA' : 'UMAP'} of ${view.layer ?? model.default_layer}`,
    Body: lazy(async () => ({ default: (await import('./map/map-panel')).MapPanel })),
  },
  {
    name: 'compare',
    title: 'Layers compared by this picture',
    subject: ({ view }) => `distance ${view.metric}, pooling ${view.pool}`,
    Body: lazy(async () => ({ default: (await import('./compare/compare-panel')).ComparePanel })),
  },
  {
    name: 'contrast',
    title: 'Two searches side by side',
    subject: ({ view: { other } }) => (other === null ? 'by two layers' : `second: ${other.model}, ${other.layer ?? 'last layer'}, ${other.metric}`),
    Body: lazy(async () => ({ default: (await import('./contrast/contrast-panel')).ContrastPanel })),
  },
  {
    name: 'scores',
    title: 'Layers compared by all pictures',
    subject: ({ view }) => `distance ${view.metric}, pooling ${view.pool}`,
    Body: lazy(async () => ({ default: (await import('./scores/scores-panel')).ScoresPanel })),
  },
];

export function Panels(props: PanelProps) {
  return entries.map(({ name, title, subject, Body }) => (
    <FoldingPanel key={name} name={name} title={title} subject={subject(props)} view={props.view}>
      <Suspense fallback={<div className="fold__loading skeleton" />}>
        <Body {...props} />
      </Suspense>
    </FoldingPanel>
  ));
}

interface FoldingPanelProps {
  name: Panel;
  title: string;
  subject: string;
  view: View;
  children: ReactNode;
}

/** A part of the page under a bar that opens and closes it; the URL keeps which are open. */
export function FoldingPanel({ name, title, subject, view, children }: FoldingPanelProps) {
  const change = useChangeView();
  const open = view.open.includes(name);
  const Icon = open ? ChevronUp : ChevronDown;
  return (
    <section className="fold" aria-label={title}>
      <h2 className="fold__bar">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={`panel-${name}`}
          onClick={() => { change({ open: open ? view.open.filter((other) => other !== name) : [...view.open, name] }); }}
        >
          <Icon aria-hidden />
          <span className="fold__title">{title}</span>
          <span className="fold__subject">{subject}</span>
        </button>
      </h2>
      <div id={`panel-${name}`} className="fold__body" hidden={!open}>
        {open ? children : null}
      </div>
    </section>
  );
}

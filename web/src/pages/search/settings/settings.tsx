import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { availableQuery, datasetsQuery, modelQuery, modelsQuery, optionsQuery, searchQuery } from '../../../api/queries';
import type { Subject } from '../../../api/renderings';
import type { Layer, ModelSummary } from '../../../api/types';
import { ConnectorLines } from '../../../components/connector-lines';
import { Picker } from '../../../components/picker';
import { Sketches } from '../../../components/sketches';
import { cycled, usePickerKeys } from '../../../components/use-picker-keys';
import { useChangeView } from '../../../state/use-view';
import type { Query, View } from '../../../state/view';
import '../../../styles/settings.scss';
import { Explain } from './explain';
import type { Topic } from '../guide/topics';
import { DatasetFacts, LayerFacts, MetricFacts, ModelFacts } from './facts';
import { Further } from './further';
import { availableItem, datasetItem, layerItem, metricItem, modelItem } from './items';
import { installedFirst, isMissing, toDataset, toLayer, toModel } from './choices';
import { sketched } from './layer-sketch';

type PickerName = 'dataset' | 'model' | 'layer' | 'metric';

interface SettingsProps {
  view: View;
  query: Query | null;
  /** Opens the guide at a topic. */
  onExplain: (topic: Topic) => void;
}

/** The pickers that say which pictures are searched, and how they are compared. */
export function Settings({ view, query, onExplain }: SettingsProps) {
  const change = useChangeView();
  const datasets = useQuery(datasetsQuery);
  const available = useQuery(availableQuery);
  const models = useQuery(modelsQuery);
  const detail = useQuery(modelQuery(view.model));
  const options = useQuery(optionsQuery);
  const frame = useRef<HTMLDivElement>(null);
  const [last, setLast] = useState<PickerName>('layer');

  const sorted = useMemo(() => models.data && installedFirst(models.data), [models.data]);
  const model = sorted?.find(({ name }) => name === view.model);
  const chosenLayer = view.layer ?? model?.default_layer ?? null;
  const layers = useMemo(
    () => detail.data?.layers.filter(({ name, search }) => search || name === chosenLayer),
    [detail.data, chosenLayer],
  );
  const sketches = useSketches(view, query, sorted, layers);

  const names: Record<PickerName, string[] | undefined> = {
    dataset: datasets.data && [...datasets.data, ...available.data ?? []].map(({ name }) => name),
    model: sorted?.map(({ name }) => name),
    layer: layers?.map(({ name }) => name),
    metric: options.data?.metrics.map(({ name }) => name),
  };
  const chosen: Record<PickerName, string | null> = { dataset: view.dataset, model: view.model, layer: chosenLayer, metric: view.metric };
  const choose: Record<PickerName, (name: string) => void> = {
    dataset: (name) => { change(toDataset(view, name)); },
    model: (name) => { change(toModel(view, name, sorted ?? [])); },
    layer: (name) => { change(toLayer(name, model)); },
    metric: (name) => { change({ metric: name }); },
  };
  usePickerKeys(last, (picker, step) => {
    const next = cycled(names[picker] ?? [], chosen[picker] ?? '', step);
    if (next !== '') choose[picker](next);
  });
  const picker = (name: PickerName) => ({
    kind: name,
    chosen: chosen[name],
    onChoose: choose[name],
    onUse: () => { setLast(name); },
  });
  const tallest = layers?.[0]?.shape[0] ?? 1;

  return (
    <div className="settings" ref={frame}>
      <Picker
        {...picker('dataset')}
        legend="Dataset"
        items={datasets.data?.map(datasetItem).concat(available.data?.map(availableItem) ?? [])}
        about={<DatasetFacts set={datasets.data?.find(({ name }) => name === view.dataset)} available={available.data?.find(({ name }) => name === view.dataset)}><Explain topic="sets" onExplain={onExplain}>About the sets</Explain></DatasetFacts>}
      />
      <Picker
        {...picker('model')}
        legend="Model"
        items={sorted?.map((m) => modelItem(m, sketches))}
        about={<ModelFacts model={model}><Explain topic="networks" onExplain={onExplain}>About networks and layers</Explain></ModelFacts>}
      />
      <Picker
        {...picker('layer')}
        legend="Layer, from edges and colours to whole things"
        items={layers?.map((layer, i) => layerItem(layer, i, layers.length, view.model, (layer.shape[0] ?? 1) / tallest, sketches))}
        about={<LayerFacts model={view.model} layer={layers?.find(({ name }) => name === chosenLayer)} pool={view.pool} />}
      />
      <Picker
        {...picker('metric')}
        legend="Distance"
        items={options.data?.metrics.map((metric) => metricItem(metric, view.p))}
        about={<MetricFacts metric={options.data?.metrics.find(({ name }) => name === view.metric)} p={view.p}><Explain topic="metrics" onExplain={onExplain}>About the distances</Explain></MetricFacts>}
      />
      <Further view={view} options={options.data}><Explain topic="vectors" onExplain={onExplain}>About pooling and transforms</Explain></Further>
      <ConnectorLines frame={frame} model={view.model} version={`${view.model}/${chosenLayer ?? ''}/${layers?.length ?? 0}/${sorted?.length ?? 0}`} />
    </div>
  );
}

/**
 * The sketches of the layers that can be chosen, then those of the other models.
 * They are drawn while nothing else is waited for: only while the search of the view is there.
 */
function useSketches(view: View, query: Query | null, models: ModelSummary[] | undefined, layers: Layer[] | undefined): Sketches {
  const [sketches] = useState(() => new Sketches());
  const searched = useQuery({ ...searchQuery(view, query ?? { kind: 'image', index: 0 }), enabled: false }).isSuccess;
  const wanted = useMemo(() => subjects(view.model, models ?? [], layers ?? []), [view.model, models, layers]);
  useEffect(() => {
    sketches.want(searched ? wanted : []);
    return () => { sketches.want([]); };
  }, [sketches, searched, wanted]);
  return sketches;
}

function subjects(chosen: string, models: readonly ModelSummary[], layers: readonly Layer[]): Subject[] {
  const installed = models.filter((model) => !isMissing(model));
  const own = installed.some(({ name }) => name === chosen) ? layers : [];
  return [
    ...own.map(({ name }) => ({ model: chosen, layer: name, channel: sketched })),
    ...installed.filter(({ name }) => name !== chosen).map((m) => ({ model: m.name, layer: m.default_layer, channel: sketched })),
  ];
}

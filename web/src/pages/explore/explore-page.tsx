import { ContentSwitcher, Switch } from '@carbon/react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { modelQuery, modelsQuery } from '../../api/queries';
import { exported } from '../../api/site';
import type { Layer, ModelDetail, ModelSummary } from '../../api/types';
import { ConnectorLines } from '../../components/connector-lines';
import { Installing } from '../../components/installing';
import { Picker, type Item } from '../../components/picker';
import { Trouble } from '../../components/trouble';
import { cycled, usePickerKeys } from '../../components/use-picker-keys';
import { count, short } from '../../lib/format';
import { motion } from '../../lib/motion';
import type { Explore } from '../../state/explore';
import { useChangeExplore, useExplore } from '../../state/use-explore';
import '../../styles/explore.scss';
import { Channel } from './channel';
import { ChannelGrid } from './channel-grid';
import { Evidence } from './evidence';
import { Explanations } from './explanations';
import { allChannels, channelsOf, firstLayer, sameDepth, selectedChannels, shownLayers } from './layers';
import { Network } from './network-section';
import { useRendering } from './use-rendering';
import { WaysOut } from './ways-out';
import { subjectOf } from './words';

type PickerName = 'model' | 'layer' | 'channel';

/** Explore: a model, one of its layers, one of its channels, and the picture that excites it. */
export function ExplorePage() {
  const view = useExplore();
  const change = useChangeExplore();
  const cache = useQueryClient();
  const models = useQuery(modelsQuery);
  const detail = useQuery(modelQuery(view.model));
  const frame = useRef<HTMLDivElement>(null);
  const [last, setLast] = useState<PickerName>('channel');

  const model = models.data?.find(({ name }) => name === view.model);
  const layers = detail.data?.layers;
  const layerName = view.layer ?? (layers ? firstLayer(layers) : null);
  const layer = layers?.find(({ name }) => name === layerName);
  const shown = useMemo(() => (layers ? shownLayers(layers, view.layers, layerName) : undefined), [layers, view.layers, layerName]);
  const installed = model !== undefined && model.weights !== 'missing';
  const subject = installed && layerName !== null ? { model: view.model, layer: layerName, channel: view.channel } : null;
  const live = useRendering(subject, view.recipe);
  useTitle(view, layerName);

  const chooseModel = (name: string) => {
    // The layer keeps its depth, where the layers of the other model are known already.
    const next = cache.getQueryData(modelQuery(name).queryKey);
    const same = next && layers && view.layer !== null ? sameDepth(layers, view.layer, next.layers) : null;
    change({ model: name, layer: same, channel: 0, recipe: { with: null } });
  };
  const chooseLayer = (name: string) => { change({ layer: name, channel: 0, recipe: { with: null } }); };
  const chooseChannel = (channel: number) => { change({ channel }); };
  const cycle = (picker: PickerName, step: number) => {
    if (picker === 'model' && models.data) chooseModel(cycled(sorted(models.data).map(({ name }) => name), view.model, step));
    if (picker === 'layer' && shown && layerName !== null) chooseLayer(cycled(shown.map(({ name }) => name), layerName, step));
    if (picker === 'channel' && layer) chooseChannel(cycled(allChannels(channelsOf(layer)), view.channel, step));
  };
  usePickerKeys(last, cycle);

  return (
    <div className="explore">
      <div className="intro">
        <h1>See what a neural network looks for</h1>
        <p>
          Every layer has channels, and each of them answers to a pattern of its own. Pick one, and watch the picture
          appear that excites it most. <a
            href="#explained"
            className="cds--link"
            onClick={(event) => {
              // The fragment must not become a part of the view's address.
              event.preventDefault();
              document.getElementById('explained')?.scrollIntoView({ behavior: motion() });
            }}
          >
            How to read these pictures
          </a>
        </p>
      </div>

      <div className="picks" ref={frame}>
        <Picker
          kind="model"
          legend="Model"
          items={models.data && sorted(models.data).map(modelItem)}
          chosen={view.model}
          onChoose={chooseModel}
          onUse={() => { setLast('model'); }}
        />
        <Picker
          kind="layer"
          legend="Layer"
          items={shown?.map(layerItem)}
          chosen={layerName}
          onChoose={chooseLayer}
          onUse={() => { setLast('layer'); }}
        >
          <label className="picks__all">
            <input
              type="checkbox"
              checked={view.layers === 'all'}
              onChange={(event) => { change({ layers: event.target.checked ? 'all' : 'convolutions' }); }}
            />
            all {layers ? count(layers.length) : ''}
          </label>
        </Picker>
        <div className="picks__channel" onPointerDown={() => { setLast('channel'); }}>
          <Stage view={view} model={model} detail={detail.data} layer={layer} live={live} error={models.error ?? detail.error} retry={() => { void models.refetch(); void detail.refetch(); }} />
        </div>
        <ConnectorLines frame={frame} model={view.model} version={`${view.model}/${layerName ?? ''}/${shown?.length ?? 0}/${models.data?.length ?? 0}/${installed}`} />
      </div>

      {detail.data && layer ? <Network model={detail.data} layer={layer} onChoose={chooseLayer} /> : null}
      {layer && subject ? (
        <div className="below">
          {view.channel < channelsOf(layer) ? <Evidence view={view} subject={subject} /> : null}
          <Channels
            view={view}
            layer={layer}
            active={live.progress.kind === 'done' || live.progress.kind === 'stopped' || live.progress.kind === 'failed'}
            onChoose={(channel) => {
              setLast('channel');
              chooseChannel(channel);
            }}
          />
        </div>
      ) : null}
      <Explanations />
    </div>
  );
}

interface StageProps {
  view: Explore;
  model: ModelSummary | undefined;
  detail: ModelDetail | undefined;
  layer: Layer | undefined;
  live: ReturnType<typeof useRendering>;
  error: unknown;
  retry: () => void;
}

/** The chosen channel, or why there is none. */
function Stage({ view, model, detail, layer, live, error, retry }: StageProps) {
  if (error) return <Trouble error={error} onRetry={retry}><WaysOut view={view} error={error} layer={undefined} /></Trouble>;
  if (model?.weights === 'missing') return <Installing key={model.name} model={model} />;
  const failure = live.progress.kind === 'failed' ? live.progress.error : null;
  if (detail && !layer && failure) {
    return <Trouble error={failure} onRetry={live.go}><WaysOut view={view} error={failure} layer={undefined} /></Trouble>;
  }
  if (!layer) return <div className="channel" aria-hidden><div className="channel__picture"><div className="channel__blank skeleton" /></div></div>;
  return <Channel view={view} layer={layer} live={live}><WaysOut view={view} error={failure} layer={layer} /></Channel>;
}

interface ChannelsProps {
  view: Explore;
  layer: Layer;
  active: boolean;
  onChoose: (channel: number) => void;
}

/** The channels of the layer, selected ones or all. */
function Channels({ view, layer, active, onChoose }: ChannelsProps) {
  const change = useChangeExplore();
  const n = channelsOf(layer);
  const selected = useMemo(() => selectedChannels(n), [n]);
  const every = useMemo(() => allChannels(n), [n]);
  const all = view.channels === 'all' || selected.length === n;
  return (
    <section className="channels" aria-label={`Channels of ${layer.name}`}>
      <div className="channels__head">
        <h2>Channels of {layer.name}</h2>
        {selected.length === n ? <p>all {count(n)}</p> : (
          <ContentSwitcher
            size="md"
            selectedIndex={all ? 1 : 0}
            onChange={({ name }) => { change({ channels: name === 'all' ? 'all' : 'selected' }); }}
          >
            <Switch name="selected" text="Selected channels" />
            <Switch name="all" text={`All ${count(n)} channels`} />
          </ContentSwitcher>
        )}
        <p className="channels__about">
          {all ? 'Every channel of the layer.' : `${count(selected.length)} of them, every ${ordinal(selected[1] ?? 1)}.`}{' '}
          Sketches of 96 pixels and 128 steps, {exported ? 'where they were rendered' : 'drawn while they are in view'}.
        </p>
      </div>
      <ChannelGrid
        model={view.model}
        layer={layer.name}
        channels={all ? every : selected}
        chosen={view.channel}
        active={active}
        onChoose={onChoose}
      />
    </section>
  );
}

/** The models, installed ones first. */
function sorted(models: ModelSummary[]): ModelSummary[] {
  const missing = (model: ModelSummary) => Number(model.weights === 'missing');
  return models.toSorted((a, b) => missing(a) - missing(b));
}

function modelItem({ name, title, parameters, weights }: ModelSummary): Item {
  const missing = weights === 'missing';
  const facts = `${short(parameters)} parameters${missing ? ', not installed' : ''}`;
  return { name, title, facts, faint: missing, label: `${title}, ${facts}` };
}

function layerItem(layer: Layer): Item {
  const { name, type, shape, index } = layer;
  const facts = `${type}, ${count(channelsOf(layer))} channels`;
  return {
    name, title: name, facts, label: `Layer ${index}: ${name}, ${facts}, ${shape.slice(0, 2).join(' × ')}`,
    lead: <span className="picker__lead">{index}</span>,
  };
}

function ordinal(n: number): string {
  const rules = new Intl.PluralRules('en', { type: 'ordinal' });
  const suffixes: Record<string, string> = { one: 'st', two: 'nd', few: 'rd' };
  return `${n}${suffixes[rules.select(n)] ?? 'th'}`;
}

function useTitle(view: Explore, layer: string | null): void {
  const title = layer === null ? 'Explore' : `${subjectOf(view, layer)} of ${layer}`;
  useEffect(() => { document.title = `${title} · ConvNet Playground`; }, [title]);
}

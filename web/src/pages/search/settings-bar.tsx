import { Button } from '@carbon/react';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { modelQuery, optionsQuery } from '../../api/queries';
import type { ModelSummary } from '../../api/types';
import { Choose } from '../../components/choose';
import { short } from '../../lib/format';
import { useChangeView } from '../../state/use-view';
import { defaults, type View } from '../../state/view';
import { LayerPicker } from './layer-picker';

interface SettingsBarProps {
  view: View;
  models: UseQueryResult<ModelSummary[]>;
}

const exponents = [1, 1.5, 2, 3, 4, 6, 10];

/** The pickers that say how pictures are compared. */
export function SettingsBar({ view, models }: SettingsBarProps) {
  const change = useChangeView();
  const options = useQuery(optionsQuery);
  const detail = useQuery(modelQuery(view.model));
  const minkowski = view.metric === 'minkowski';
  const model = models.data?.find(({ name }) => name === view.model);
  const layer = view.layer ?? model?.default_layer ?? null;
  // Where there is little room the further settings wait until they are asked for, or already in use.
  const [open, setOpen] = useState(view.pool !== defaults.pool || view.transform !== defaults.transform);
  const further = `settings__further${open ? ' settings__further--open' : ''}`;

  return (
    <div className="settings">
      <div className={`settings__choices${minkowski ? ' settings__choices--minkowski' : ''}`}>
        <Choose
          id="model"
          label="Model"
          value={view.model}
          choices={models.data?.map((m) => ({
            name: m.name,
            title: `${m.title} (${short(m.parameters)})`,
            group: m.weights === 'missing' || m.weights === 'damaged' ? 'Not installed' : 'Installed',
          }))}
          onChange={(next) => { change({ model: next, layer: sameDepth(models.data, view, next) }); }}
        />
        <Choose
          id="metric"
          label="Distance"
          value={view.metric}
          choices={options.data?.metrics}
          onChange={(metric) => { change({ metric }); }}
        />
        {minkowski ? (
          <Choose
            id="p"
            label="p"
            value={String(view.p)}
            choices={[...new Set([...exponents, view.p])].sort((a, b) => a - b).map((p) => ({ name: String(p), title: String(p) }))}
            onChange={(p) => { change({ p: Number(p) }); }}
          />
        ) : null}
        <div className={further}>
          <Choose
            id="pool"
            label="Pooling"
            value={view.pool}
            choices={options.data?.poolings}
            onChange={(pool) => { change({ pool }); }}
          />
        </div>
        <div className={further}>
          <Choose
            id="transform"
            label="Transform"
            value={view.transform}
            choices={options.data?.transforms}
            onChange={(transform) => { change({ transform }); }}
          />
        </div>
      </div>
      <LayerPicker
        layers={detail.data?.layers.filter(({ search }) => search)}
        selected={layer}
        onChange={(next) => { change({ layer: next === model?.default_layer ? null : next }); }}
      />
      {open ? null : (
        <Button className="settings__more" kind="ghost" size="sm" onClick={() => { setOpen(true); }}>
          More settings
        </Button>
      )}
    </div>
  );
}

/** The layer of the next model that stands as deep as the one that is shown, or null for its default. */
function sameDepth(models: ModelSummary[] | undefined, view: View, next: string): string | null {
  if (view.layer === null) return null;
  const depth = models?.find(({ name }) => name === view.model)?.search_layers.indexOf(view.layer) ?? -1;
  return models?.find(({ name }) => name === next)?.search_layers[depth] ?? null;
}

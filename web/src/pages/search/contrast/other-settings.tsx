import { ArrowsHorizontal } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useQuery } from '@tanstack/react-query';
import { optionsQuery } from '../../../api/queries';
import type { ModelSummary } from '../../../api/types';
import { Choose } from '../../../components/choose';
import type { Configuration } from '../../../state/configuration';
import { canSearch } from '../compare/charts';

interface OtherSettingsProps {
  other: Configuration;
  models: ModelSummary[];
  onChange: (change: Partial<Configuration>) => void;
  /** Called to let the two searches change places. */
  onSwap: () => void;
}

const exponents = [1, 1.5, 2, 3, 4, 6, 10];

/** The choices of the second search. */
export function OtherSettings({ other, models, onChange, onSwap }: OtherSettingsProps) {
  const options = useQuery(optionsQuery).data;
  const model = models.find(({ name }) => name === other.model);
  return (
    <fieldset className="contrast__settings">
      <legend>The second search</legend>
      <Choose
        id="other-model"
        label="Model"
        value={other.model}
        choices={models.map((m) => ({ name: m.name, title: m.title, group: canSearch(m) ? 'Installed' : 'Not installed' }))}
        onChange={(next) => { onChange({ model: next, layer: sameDepth(models, other, next) }); }}
      />
      <Choose
        id="other-layer"
        label="Layer"
        value={other.layer ?? model?.default_layer ?? ''}
        choices={model?.search_layers.map((name, i) => ({ name, title: `${i + 1}: ${name}` })) ?? []}
        onChange={(layer) => { onChange({ layer: layer === model?.default_layer ? null : layer }); }}
      />
      <Choose id="other-metric" label="Distance" value={other.metric} choices={options?.metrics} onChange={(metric) => { onChange({ metric }); }} />
      {other.metric === 'minkowski' ? (
        <Choose
          id="other-p"
          label="p"
          value={String(other.p)}
          choices={[...new Set([...exponents, other.p])].sort((a, b) => a - b).map((p) => ({ name: String(p), title: String(p) }))}
          onChange={(p) => { onChange({ p: Number(p) }); }}
        />
      ) : null}
      <Choose id="other-pool" label="Pooling" value={other.pool} choices={options?.poolings} onChange={(pool) => { onChange({ pool }); }} />
      <Choose
        id="other-transform"
        label="Transform"
        value={other.transform}
        choices={options?.transforms}
        onChange={(transform) => { onChange({ transform }); }}
      />
      <Button kind="tertiary" size="md" renderIcon={ArrowsHorizontal} onClick={onSwap}>Swap</Button>
    </fieldset>
  );
}

/** The layer of the next model that stands as deep as the one chosen, or null for its default. */
function sameDepth(models: readonly ModelSummary[], { model, layer }: Configuration, next: string): string | null {
  if (layer === null) return null;
  const depth = models.find(({ name }) => name === model)?.search_layers.indexOf(layer) ?? -1;
  const deep = models.find(({ name }) => name === next);
  const found = deep?.search_layers[depth] ?? null;
  return found === deep?.default_layer ? null : found;
}

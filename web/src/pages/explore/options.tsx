import { Checkbox, Slider } from '@carbon/react';
import { useState } from 'react';
import type { Layer } from '../../api/types';
import { Choose } from '../../components/choose';
import { defaultRecipe, type Explore, type Objective } from '../../state/explore';
import { useChangeExplore } from '../../state/use-explore';
import { channelsOf } from './layers';

const choices: { name: Objective; title: string }[] = [
  { name: 'channel', title: 'The whole channel' },
  { name: 'neuron', title: 'The neuron at its centre' },
  { name: 'layer', title: 'The whole layer (DeepDream)' },
  { name: 'class', title: 'A class of the classifier' },
];

/** What else can be rendered of a channel; open where something of it is in use. */
export function Options({ view: { channel, recipe }, layer }: { view: Explore; layer: Layer }) {
  const change = useChangeExplore();
  const used = recipe.objective !== defaultRecipe.objective || recipe.negative || recipe.with !== null || recipe.pictures > 1;
  const [open, setOpen] = useState(used);
  const classifier = layer.type === 'Dense';
  const last = channelsOf(layer) - 1;
  const single = recipe.objective === 'layer' || last < 1;
  return (
    <details className="options" open={open} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>More options</summary>
      <div className="options__body">
        <Choose
          id="objective"
          label="What is excited"
          value={recipe.objective}
          choices={choices.filter(({ name }) => name !== 'class' || classifier || recipe.objective === 'class')}
          onChange={(objective) => {
            change({ recipe: { objective: objective as Objective, ...(objective === 'layer' ? { with: null } : {}) } });
          }}
        />
        <Choose
          id="pictures"
          label="Pictures, made to differ"
          value={String(recipe.pictures)}
          choices={[1, 2, 4, 6, 9].map((n) => ({ name: String(n), title: n === 1 ? 'one' : `${n}, side by side` }))}
          onChange={(pictures) => { change({ recipe: { pictures: Number(pictures) } }); }}
        />
        <Checkbox
          id="negative"
          labelText="Negative: what excites it least"
          checked={recipe.negative}
          onChange={(_, { checked }) => { change({ recipe: { negative: checked } }); }}
        />
        {single ? null : (
          <Checkbox
            id="second"
            labelText="Blend with a second channel"
            checked={recipe.with !== null}
            onChange={(_, { checked }) => { change({ recipe: { with: checked ? (channel === last ? 0 : channel + 1) : null } }); }}
          />
        )}
        {recipe.with === null || single ? null : (
          <>
            <Choose
              id="with"
              label="Second channel"
              value={String(recipe.with)}
              choices={Array.from({ length: last + 1 }, (_, i) => ({ name: String(i), title: `channel ${i}` }))}
              onChange={(second) => { change({ recipe: { with: Number(second) } }); }}
            />
            <Slider
              labelText="Its weight"
              min={0}
              max={100}
              step={5}
              value={Math.round(recipe.blend * 100)}
              hideTextInput
              formatLabel={(value) => `${value} %`}
              onRelease={({ value }) => { if (value !== Math.round(recipe.blend * 100)) change({ recipe: { blend: value / 100 } }); }}
            />
          </>
        )}
      </div>
    </details>
  );
}

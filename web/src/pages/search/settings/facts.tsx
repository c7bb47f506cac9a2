import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Choice, DatasetSummary, Layer, ModelSummary, PublicDataset } from '../../../api/types';
import { count, pictures, short } from '../../../lib/format';
import { exploreDefaults, writeExplore } from '../../../state/explore';
import { equals } from './equals';

const blank = <p>&nbsp;</p>;

interface DatasetFactsProps {
  set: DatasetSummary | undefined;
  /** The public set of that name, where it is not here yet. */
  available: PublicDataset | undefined;
  children: ReactNode;
}

/** What is known of the chosen dataset. */
export function DatasetFacts({ set, available, children }: DatasetFactsProps) {
  const chosen = set ?? available;
  if (!chosen) return blank;
  return (
    <>
      <p>{sentence(chosen.description)} {set ? categories(set.classes) : `${count(chosen.classes.length)} categories.`}</p>
      {chosen.licence === '' ? null : <p>Licence: {chosen.licence}</p>}
      <p>{children}</p>
    </>
  );
}

/** What is known of the chosen model. */
export function ModelFacts({ model, children }: { model: ModelSummary | undefined; children: ReactNode }) {
  if (!model) return blank;
  const { parameters, layer_count: layers, search_layers: search, input, licence, weights } = model;
  const places = { embedded: 'Built in.', installed: 'Installed.', missing: 'Not installed yet.', damaged: 'Its weights cannot be read.' };
  return (
    <>
      <p>
        {short(parameters)} parameters in {count(layers)} layers, {search.length} of them to search with. It looks at {input[0]} × {input[1]} pixels.
      </p>
      <p>{places[weights]}{licence === '' ? '' : ` Licence: ${licence}`}</p>
      <p>{children}</p>
    </>
  );
}

/** What is known of the chosen layer. */
export function LayerFacts({ model, layer, pool }: { model: string; layer: Layer | undefined; pool: string }) {
  if (!layer) return blank;
  const [height = 1, width = 1, channels = 1] = layer.shape;
  const values = pool === 'flatten' ? height * width * channels : channels;
  return (
    <>
      <p>
        {layer.type}, layer {layer.index} of the network: maps of {height} × {width} in {count(channels)} channels, so that a
        picture becomes {count(values)} numbers.
      </p>
      <p>
        <Link to="/explore" search={writeExplore({ ...exploreDefaults, model, layer: layer.name })} className="cds--link">
          See what its channels look for
        </Link>
      </p>
    </>
  );
}

/** What the chosen metric measures, and which others rank alike. */
export function MetricFacts({ metric, p, children }: { metric: Choice | undefined; p: number; children: ReactNode }) {
  if (!metric) return blank;
  const same = equals(metric.name, p);
  return (
    <>
      <p>{metric.description}</p>
      {same === '' ? null : <p>{same}</p>}
      <p>{children}</p>
    </>
  );
}

/** "12 categories of 10 to 24 pictures." */
function categories(classes: DatasetSummary['classes']): string {
  if (classes.length === 0) return 'No categories.';
  const sizes = classes.map(({ images }) => images);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const each = least === most ? pictures(most) : `${count(least)} to ${pictures(most)}`;
  return `${count(classes.length)} ${classes.length === 1 ? 'category' : 'categories'} of ${each}.`;
}

function sentence(text: string): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`;
}

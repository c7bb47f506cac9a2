import { Download, Image } from '@carbon/icons-react';
import { thumbnailAddress } from '../../../api/addresses';
import type { Choice, DatasetSummary, Layer, ModelSummary, PublicDataset } from '../../../api/types';
import type { Item } from '../../../components/picker';
import type { Sketches } from '../../../components/sketches';
import { count, pictures, short } from '../../../lib/format';
import { isMissing } from './choices';
import { LayerSketch } from './layer-sketch';
import { MetricSign } from './metric-sign';

/** A dataset that is here, with its first picture. */
export function datasetItem({ name, title, images, version }: DatasetSummary): Item {
  const facts = pictures(images);
  const lead = images === 0
    ? <span className="settings__picture"><Image size={20} /></span>
    : <img className="settings__picture" src={thumbnailAddress(name, version, 0)} alt="" width={256} height={256} loading="lazy" />;
  return { name, title, facts, label: `${title}, ${facts}`, lead };
}

/** A public dataset that would have to be downloaded. */
export function availableItem({ name, title, images }: PublicDataset): Item {
  const facts = `${pictures(images)}, to download`;
  return {
    name, title, facts, faint: true, label: `${title}, ${facts}`,
    lead: <span className="settings__picture"><Download size={20} /></span>,
  };
}

/** A model, with a channel of its default layer. */
export function modelItem(model: ModelSummary, sketches: Sketches): Item {
  const { name, title, parameters, layer_count: layers, default_layer: layer } = model;
  const missing = isMissing(model);
  const facts = `${short(parameters)} parameters`;
  const more = missing ? 'not installed' : `${count(layers)} layers`;
  return {
    name, title, facts: `${facts}, ${more}`, faint: missing, label: `${title}, ${facts}, ${more}`,
    lead: <LayerSketch sketches={sketches} model={name} layer={layer} share={1} />,
  };
}

/** The i-th of n layers that can be searched with, with one of its channels. */
export function layerItem(layer: Layer, i: number, n: number, model: string, share: number, sketches: Sketches): Item {
  const { name, type, shape, parameters_cumulative: parameters } = layer;
  return {
    name, title: name,
    facts: `${short(parameters)} parameters up to here`,
    label: `Layer ${i + 1} of ${n}: ${name}, ${type}, ${shape.join(' × ')}`,
    lead: (
      <LayerSketch sketches={sketches} model={model} layer={name} share={share}>
        <span className="settings__depth">{i + 1}</span>
      </LayerSketch>
    ),
  };
}

/** A metric, with a drawing of it. */
export function metricItem({ name, title }: Choice, p: number): Item {
  return {
    name, title, label: title, facts: kinds[name] ?? '',
    lead: <span className="settings__picture"><MetricSign metric={name} p={p} /></span>,
  };
}

const kinds: Record<string, string> = {
  cosine: 'the angle between vectors',
  euclidean: 'the straight line',
  sqeuclidean: 'the straight line, squared',
  minkowski: 'by a power of your own',
  manhattan: 'the sum of differences',
  chebyshev: 'the largest difference',
  correlation: 'how alike the profiles are',
};

import type { ReactNode } from 'react';
import { useSketch, type Sketches } from '../../../components/sketches';

interface LayerSketchProps {
  sketches: Sketches;
  model: string;
  layer: string;
  /** The side of the layer's map beside that of the largest, 0 … 1. */
  share: number;
  /** Stands on the picture. */
  children?: ReactNode;
}

/** The channel that stands for a layer. */
export const sketched = 0;

/** What a channel of a layer looks for, or else a square as large as the layer's map. */
export function LayerSketch({ sketches, model, layer, share, children }: LayerSketchProps) {
  const sketch = useSketch(sketches, { model, layer, channel: sketched });
  const picture = sketch.kind === 'running' || sketch.kind === 'done' ? sketch.picture : null;
  return (
    <span className="settings__picture">
      {picture === null ? <Extent share={share} /> : <img src={picture} alt="" width={96} height={96} draggable={false} />}
      {children}
    </span>
  );
}

const largest = 28;

/** On a root scale, so that the deepest stay visible. */
function Extent({ share }: { share: number }) {
  const side = Math.max(Math.round(largest * Math.sqrt(share)), 3);
  return (
    <svg className="settings__extent" width={largest} height={largest}>
      <rect x={(largest - side) / 2 + 0.5} y={(largest - side) / 2 + 0.5} width={side - 1} height={side - 1} />
    </svg>
  );
}

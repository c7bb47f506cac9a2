import type { Layer } from '../../api/types';
import { short } from '../../lib/format';

interface LayerPickerProps {
  /** The search layers, from the input to the output; undefined while not known. */
  layers: Layer[] | undefined;
  selected: string | null;
  onChange: (layer: string) => void;
}

const largestSquare = 22;

/** The layers of a model as steps from shallow to deep. */
export function LayerPicker({ layers, selected, onChange }: LayerPickerProps) {
  const position = layers?.findIndex(({ name }) => name === selected) ?? -1;
  const layer = layers?.[position];
  const tallest = layers?.[0]?.shape[0] ?? 1;
  return (
    <fieldset className="layers">
      <legend className="visually-hidden">Layer</legend>
      <div className="layers__head">
        <span>Layer, from edges and colours to whole things</span>
        <span>{layer ? <Facts layer={layer} /> : (selected ?? '\u00a0')}</span>
      </div>
      <div className="layers__steps">
        {layers === undefined
          ? Array.from({ length: 8 }, (_, i) => <div key={i} className="layers__face" />)
          : layers.map(({ name, type, shape }, i) => (
              <label key={name} className="layers__step" title={`${name}: ${type}, ${size(shape)}`}>
                <input
                  type="radio"
                  name="layer"
                  value={name}
                  checked={name === selected}
                  aria-label={`Layer ${i + 1} of ${layers.length}: ${name}, ${type}, ${size(shape)}`}
                  onChange={() => { onChange(name); }}
                />
                <span className="layers__face" aria-hidden>
                  <Extent share={(shape[0] ?? 1) / tallest} />
                  <b>{i + 1}</b>
                </span>
              </label>
            ))}
      </div>
    </fieldset>
  );
}

function Facts({ layer }: { layer: Layer }) {
  return (
    <>
      <strong>{layer.name}</strong>, {layer.type}, {size(layer.shape)},{' '}
      {short(layer.parameters_cumulative)} parameters so far
    </>
  );
}

/** A square as large as the layer's map, on a root scale so that the deepest stays visible. */
function Extent({ share }: { share: number }) {
  const side = Math.max(Math.round(largestSquare * Math.sqrt(share)), 3);
  return (
    <svg width={largestSquare} height={largestSquare} className="layers__extent">
      <rect x={(largestSquare - side) / 2 + 0.5} y={(largestSquare - side) / 2 + 0.5} width={side - 1} height={side - 1} />
    </svg>
  );
}

function size(shape: readonly number[]): string {
  return shape.join(' × ');
}

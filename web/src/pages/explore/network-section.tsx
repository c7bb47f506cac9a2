import { useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import type { Layer, ModelDetail } from '../../api/types';
import { count, short } from '../../lib/format';
import { LayerTable } from './layer-table';
import { shownLayers } from './layers';
import { arch, columnShare, skips } from './network';

interface NetworkProps {
  model: ModelDetail;
  layer: Layer;
  onChoose: (layer: string) => void;
}

/** Where the layer stands: the network as columns from the input to the output, and all layers as a table. */
export function Network({ model, layer, onChoose }: NetworkProps) {
  const [over, setOver] = useState<Layer | null>(null);
  const named = over ?? layer;
  const { layers } = model;
  return (
    <section className="network" aria-label={`Layers of ${model.title}`}>
      <div className="network__head">
        <h2>Where it stands in {model.title}</h2>
        <p>
          <strong>{named.name}</strong>, layer {named.index} of {count(layers.length - 1)}: {named.type}, {named.shape.join(' × ')}
          {named.parameters > 0 ? `, ${short(named.parameters)} parameters` : ''}
        </p>
      </div>
      <Drawing layers={layers} chosen={layer} over={over} onOver={setOver} onChoose={onChoose} />
      <p className="network__legend">
        From the input to the output, a column for each layer, as high as its maps are large; the stronger ones are convolutions.
        Arches are connections that pass over layers.
      </p>
      <LayerTable layers={layers} chosen={layer.name} />
    </section>
  );
}

interface DrawingProps {
  layers: Layer[];
  chosen: Layer;
  over: Layer | null;
  onOver: (layer: Layer | null) => void;
  onChoose: (layer: string) => void;
}

const arches = 40;
const tallest = 72;
const height = arches + tallest + 12;

function Drawing({ layers, chosen, over, onOver, onChoose }: DrawingProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => { setWidth(Math.round(entry?.contentRect.width ?? 0)); });
    observer.observe(frame.current);
    return () => { observer.disconnect(); };
  }, []);
  const step = width / layers.length;
  const at = (event: MouseEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return layers[Math.floor((event.clientX - left) / step)];
  };
  // Moving over the drawing must not draw a thousand shapes anew.
  const still = useMemo(() => <Columns layers={layers} step={step} />, [layers, step]);
  return (
    <div className="network__drawing" ref={frame}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`${chosen.name} is layer ${chosen.index} of ${layers.length - 1}, ${chosen.shape.slice(0, 2).join(' × ')} pixels`}
        onPointerMove={(event) => { onOver(at(event) ?? null); }}
        onPointerLeave={() => { onOver(null); }}
        onClick={(event) => {
          const layer = at(event);
          if (layer && layer.type !== 'InputLayer') onChoose(layer.name);
        }}
      >
        {width > 0 ? still : null}
        {width > 0 && over ? <Mark layer={over} layers={layers} step={step} className="network__over" /> : null}
        {width > 0 ? <Mark layer={chosen} layers={layers} step={step} className="network__chosen" /> : null}
      </svg>
    </div>
  );
}

function Columns({ layers, step }: { layers: Layer[]; step: number }) {
  const convolutions = new Set(shownLayers(layers, 'convolutions', null));
  return (
    <>
      {skips(layers).map(({ from, to }) => (
        <path key={`${from}-${to}`} className="network__arch" d={arch((from + 0.5) * step, (to + 0.5) * step, arches, arches - 2)} />
      ))}
      {layers.map((layer) => (
        <rect
          key={layer.index}
          className={convolutions.has(layer) ? 'network__column network__column--strong' : 'network__column'}
          {...column(layer, layers, step, Math.min(1, step / 4))}
        />
      ))}
    </>
  );
}

/** A layer's column drawn out, with a foot that is seen where columns are thin. */
function Mark({ layer, layers, step, className }: { layer: Layer; layers: Layer[]; step: number; className: string }) {
  const x = (layer.index + 0.5) * step;
  const share = column(layer, layers, step, 0);
  const width = Math.max(step, 3);
  return (
    <g className={className}>
      <rect x={x - width / 2} y={share.y} width={width} height={share.height} />
      <path d={`M${x} ${height - 9}l5 9h-10z`} />
    </g>
  );
}

function column(layer: Layer, layers: Layer[], step: number, gap: number) {
  const tall = Math.max(tallest * columnShare(layer, layers), 2);
  return { x: layer.index * step + gap / 2, y: arches + 2 + (tallest - tall), width: Math.max(step - gap, 0.5), height: tall };
}

import { StarFilled } from '@carbon/icons-react';
import type { CSSProperties } from 'react';
import type { MissingLayers } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import type { View } from '../../../state/view';
import { bestOf, type Chart, type Slot } from './charts';
import { NotCompared } from './not-compared';

interface ModelChartProps {
  chart: Chart;
  view: View;
  /** Whether there are scores at all. */
  scored: boolean;
  running: boolean;
  missing: MissingLayers[];
  images: number;
  /** Called when more of the model is indexed. */
  onIndexed: () => void;
}

/** The scores of one model's layers, from shallow to deep, on the scale that all charts share. */
export function ModelChart({ chart: { model, slots }, view, scored, running, missing, images, onIndexed }: ModelChartProps) {
  const rows = slots.flatMap(({ row }) => row ?? []);
  const [top] = bestOf(rows);
  return (
    <section className="chart" aria-label={model.title}>
      <div className="chart__head">
        <h3>{model.title}</h3>
        {top?.score === undefined ? null : <span>up to {top.score.toFixed(1)} %</span>}
      </div>
      {scored && (running || rows.length > 0) ? (
        <div className="chart__frame">
          <Scale />
          <ol className="chart__bars" style={{ '--layers': slots.length } as CSSProperties}>
            {slots.map((slot) => (
              <li key={slot.layer}>
                <Bar
                  slot={slot}
                  of={model.search_layers.length}
                  running={running}
                  view={{ ...view, model: model.name, layer: slot.layer === model.default_layer ? null : slot.layer }}
                />
              </li>
            ))}
          </ol>
        </div>
      ) : null}
      {missing.map((layers) => (
        <NotCompared key={layers.reason} missing={layers} model={model} view={view} images={images} onIndexed={onIndexed} />
      ))}
    </section>
  );
}

/** The scale that all charts share, in percent. */
function Scale() {
  return (
    <div className="chart__scale" aria-hidden>
      {[100, 75, 50, 25, 0].map((mark) => <span key={mark}>{mark}</span>)}
    </div>
  );
}

interface BarProps {
  slot: Slot;
  /** Number of the model's search layers. */
  of: number;
  running: boolean;
  /** What the page shows after a click. */
  view: View;
}

function Bar({ slot: { layer, depth, row, best, current }, of, running, view }: BarProps) {
  const name = depth === null ? layer : `Layer ${depth} of ${of}: ${layer}`;
  if (row?.score === undefined) {
    const state = running ? 'on its way' : 'not compared';
    return (
      <span className="chart__slot" title={`${name}, ${state}`}>
        <span className="chart__plot">
          <span className="chart__score" aria-hidden>–</span>
          <span className="visually-hidden">{name}, {state}</span>
        </span>
        <Depth depth={depth} current={current} />
      </span>
    );
  }
  const score = row.score.toFixed(1);
  const share = `${row.same_class ?? 0} of ${row.results.length} in the same category`;
  return (
    <ViewLink
      view={view}
      className={`chart__slot${best ? ' chart__slot--best' : ''}`}
      title={`${name}\n${score} %, ${share}`}
      aria-label={`${name}: score ${score} percent, ${share}${best ? ', the best' : ''}${current ? ', now chosen' : ''}`}
      aria-current={current ? 'true' : undefined}
      draggable={false}
    >
      <span className="chart__plot">
        {best ? <StarFilled size={12} /> : null}
        <span className="chart__score">{score}</span>
        <span className="chart__bar" style={{ blockSize: `${row.score}%` }} />
      </span>
      <Depth depth={depth} current={current} />
    </ViewLink>
  );
}

/** The layer's number under its bar; that of the layer that the page searches by stands out. */
function Depth({ depth, current }: { depth: number | null; current: boolean }) {
  return (
    <span className={`chart__depth${current ? ' chart__depth--current' : ''}`} aria-hidden>
      {depth ?? '·'}
      {current ? <small>now</small> : null}
    </span>
  );
}

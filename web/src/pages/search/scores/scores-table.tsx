import { ArrowDown, ArrowsVertical, ArrowUp, StarFilled } from '@carbon/icons-react';
import { useMemo, useState } from 'react';
import type { ModelLayer, ModelSummary } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import type { View } from '../../../state/view';
import { depthOf } from '../compare/charts';
import { columns, greatest, isGreatest, measures, sorted, type ColumnKey, type Measure, type Order, type TableRow } from './table';

interface ScoresTableProps {
  rows: readonly TableRow[];
  models: readonly ModelSummary[];
  view: View;
  /** The layer that the page searches by. */
  current: ModelLayer;
  /** Whether some category has two pictures: without, two of the measures have no meaning. */
  answerable: boolean;
}

/** All layers with their measures; every column sorts, and the best of each is marked. */
export function ScoresTable({ rows, models, view, current, answerable }: ScoresTableProps) {
  const [order, setOrder] = useState<Order>({ key: 'weighted_score', descending: true });
  const most = useMemo(() => greatest(rows), [rows]);
  const ordered = useMemo(() => sorted(rows, order), [rows, order]);
  const press = (key: ColumnKey) => {
    // What is best is asked for first: numbers begin with the greatest.
    const numeric = measures.some((measure) => measure.key === key);
    setOrder({ key, descending: order.key === key ? !order.descending : numeric });
  };
  return (
    <div className="scores__scroll" role="region" aria-label="Table of scores" tabIndex={0}>
      <table className="scores__table">
        <thead>
          <tr>
            {columns.map(({ key, title, about }) => (
              <th
                key={key}
                scope="col"
                {...(order.key === key ? { 'aria-sort': order.descending ? ('descending' as const) : ('ascending' as const) } : {})}
              >
                <button type="button" title={about} onClick={() => { press(key); }}>
                  {title}
                  <Direction order={order.key === key ? order : null} />
                </button>
              </th>
            ))}
            <th scope="col">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((row) => (
            <Row
              key={`${row.metric} ${row.p ?? ''} ${row.model} ${row.layer}`}
              row={row}
              model={models.find(({ name }) => name === row.model)}
              view={view}
              current={row.model === current.model && row.layer === current.layer && row.metric === view.metric}
              most={most}
              answerable={answerable}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Direction({ order }: { order: Order | null }) {
  const Icon = order === null ? ArrowsVertical : order.descending ? ArrowDown : ArrowUp;
  return <Icon size={16} aria-hidden />;
}

interface RowProps {
  row: TableRow;
  model: ModelSummary | undefined;
  view: View;
  current: boolean;
  most: Record<Measure, number>;
  answerable: boolean;
}

function Row({ row, model, view, current, most, answerable }: RowProps) {
  const depth = model ? depthOf(model, row.layer) : null;
  const target = { ...view, model: row.model, layer: row.layer === model?.default_layer ? null : row.layer, metric: row.metric };
  return (
    <tr className={current ? 'scores__current' : undefined} aria-current={current ? 'true' : undefined}>
      <td>{model?.title ?? row.model}</td>
      <th scope="row">
        <ViewLink className="cds--link" view={target} title="Search by this layer">
          {depth === null ? row.layer : `${depth}: ${row.layer}`}
        </ViewLink>
        {current ? ' (now)' : null}
      </th>
      <td>{row.p === undefined ? row.metric : `${row.metric}, p = ${row.p}`}</td>
      {measures.map(({ key }) => {
        if (!answerable && (key === 'mean_average_precision' || key === 'ndcg')) {
          return <td key={key} className="scores__number" title="No category has two pictures, so there is nothing to be found">–</td>;
        }
        const best = isGreatest(row[key], most[key]);
        return (
          <td key={key} className={`scores__number${best ? ' scores__best' : ''}`}>
            {best ? <StarFilled size={12} aria-label="best: " role="img" /> : null}
            {key === 'weighted_score' ? row[key].toFixed(1) : row[key].toFixed(3)}
          </td>
        );
      })}
      <td className="scores__number" title={row.interval ? undefined : 'One query has no interval'}>
        {row.interval ? `${row.interval.low.toFixed(1)} to ${row.interval.high.toFixed(1)}` : '–'}
      </td>
    </tr>
  );
}

import { memo, useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import { thumbnailAddress } from '../../../api/addresses';
import type { DatasetDetail, ScoresRow } from '../../../api/types';
import { useWidth } from '../../../components/use-width';
import { altText, className, pictures } from '../../../lib/format';
import { highlight } from '../../../state/highlight';
import { MarkIcon } from '../map/mark-icon';
import { draw } from './draw';
import { cellOf, hasMarks, heap, keyed, pictureAt, placeOf } from './heaps';
import { useDark } from './use-dark';

interface DistributionProps {
  row: ScoresRow;
  /** The layer in words. */
  title: string;
  /** Whether the page searches by this layer. */
  current: boolean;
  classes: Int32Array;
  shown: ReadonlySet<number> | null;
  /** Pictures in the highest column of all charts, which share one scale. */
  highest: number;
  dataset: DatasetDetail;
  /** Called with the picture that is to be the query. */
  onOpen: (picture: number) => void;
}

const height = 120;

/** The scores of one layer with each picture as the query. */
export const Distribution = memo(function Distribution({ row, title, current, classes, shown, highest, dataset, onOpen }: DistributionProps) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const columns = useMemo(() => heap(row.scores, classes, shown), [row.scores, classes, shown]);
  const heaps = useMemo(() => ({ columns, cell: cellOf(highest, { width, height }) }), [columns, highest, width]);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, { heaps, classes, row, size: { width, height }, dark });
  }, [heaps, classes, row, width, dark]);

  const lit = useSyncExternalStore(highlight.subscribe, highlight.get);
  const [here, setHere] = useState(false);
  const place = lit === null ? null : placeOf(heaps, lit);
  const image = lit === null || place === null ? undefined : dataset.images[lit];

  const under = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent) => pictureAt(heaps, offsetX, height - offsetY);
  const enter = (picture: number | null) => {
    setHere(picture !== null);
    highlight.set(picture);
  };
  const leave = () => {
    setHere(false);
    if (lit !== null) highlight.leave(lit);
  };
  const onPointerMove = (event: PointerEvent) => { if (event.pointerType !== 'touch') enter(under(event)); };
  const onClick = (event: MouseEvent) => {
    const picture = under(event);
    // A finger has not been over the picture before: its first touch shows it.
    const seen = picture === lit && here;
    enter(picture);
    if (picture !== null && seen) onOpen(picture);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && lit !== null && here) {
      event.preventDefault();
      onOpen(lit);
      return;
    }
    const next = keyed(columns, row.scores, lit, event.key);
    if (next === null) return;
    event.preventDefault();
    enter(next);
  };

  const score = lit === null ? null : row.scores[lit] ?? null;
  const spoken = image && here && score !== null ? `${altText(image)}, ${score.toFixed(1)} percent` : `mean ${row.weighted_score.toFixed(1)} percent`;
  return (
    <figure className={`distribution${current ? ' distribution--current' : ''}`}>
      <figcaption className="distribution__head">
        <h4>{title}{current ? <span className="distribution__now"> now</span> : null}</h4>
        <p>{mean(row, shown, classes)}</p>
      </figcaption>
      <div
        ref={ref}
        className="distribution__plot"
        style={{ blockSize: height }}
        role="slider"
        tabIndex={0}
        aria-label={`Scores by ${title}, one mark for each picture; Enter searches with it`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={here && score !== null ? Math.round(score) : Math.round(row.weighted_score)}
        aria-valuetext={spoken}
        onPointerMove={onPointerMove}
        onPointerLeave={leave}
        onBlur={leave}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} className="distribution__canvas" />
        {place ? <span className="distribution__ring" style={{ left: place.x, bottom: place.y }} /> : null}
        {image && place && here && lit !== null ? (
          <div className="distribution__card" style={place.x > width / 2 ? { right: width - place.x + 12 } : { left: place.x + 12 }} aria-hidden>
            <span className="mat distribution__picture">
              <img key={lit} src={thumbnailAddress(dataset.name, dataset.version, lit)} alt="" width={256} height={256} />
            </span>
            <span className="distribution__class"><MarkIcon position={classes[lit] ?? -1} /><span>{className(image.class)}</span></span>
            <b>{score?.toFixed(1)} %</b>
            <span className="distribution__touch">Tap again to search with it</span>
          </div>
        ) : null}
      </div>
      <div className="distribution__scale" aria-hidden>
        {[0, 25, 50, 75, 100].map((mark) => <span key={mark}>{mark}</span>)}
      </div>
      {hasMarks(heaps.cell) ? null : (
        <p className="distribution__note">The highest bar has {pictures(Math.max(...columns.map((column) => column.length)))}.</p>
      )}
    </figure>
  );
});

/** The mean of a layer's scores in words, and that of the shown classes where not all are. */
function mean(row: ScoresRow, shown: ReadonlySet<number> | null, classes: Int32Array): string {
  const { weighted_score: all, interval } = row;
  const range = interval ? `95 %: ${interval.low.toFixed(1)} to ${interval.high.toFixed(1)}` : 'one query has no interval';
  const words = `mean ${all.toFixed(1)} %; ${range}`;
  if (shown === null) return words;
  const some = row.scores.filter((score, picture): score is number => score !== null && shown.has(classes[picture] ?? -1));
  const of = some.length === 0 ? 'none' : `${(some.reduce((a, b) => a + b, 0) / some.length).toFixed(1)} %`;
  return `${words}; of those shown ${of}`;
}

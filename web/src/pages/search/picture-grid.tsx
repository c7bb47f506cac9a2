import { defaultRangeExtractor, useWindowVirtualizer, type Range } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { thumbnailAddress } from '../../api/addresses';
import type { DatasetDetail } from '../../api/types';
import { usePlacement } from '../../components/use-placement';
import { ViewLink } from '../../components/view-link';
import { altText, className, count, pictures } from '../../lib/format';
import { firstPlace, imageAt, move, placeOf, type Row } from '../../lib/grid';
import { useHighlight } from '../../state/highlight';
import type { View } from '../../state/view';
import { layRows } from './rows';

interface PictureGridProps {
  view: View;
  dataset: DatasetDetail;
  /** The index of the picture that is the query, or null. */
  selected: number | null;
  /** The pictures that are shown alone; null for all. */
  alone: ReadonlySet<number> | null;
  /** Called when a picture is clicked. */
  onOpen: () => void;
}

const gap = 4;
const heading = 48;
const header = 48;

/**
 * The dataset's pictures as a grid that is one tab stop: arrow keys move in it,
 * Enter searches. Only the rows near the window are in the document.
 */
export function PictureGrid({ view, dataset, selected, alone, onOpen }: PictureGridProps) {
  const { ref, width, offset } = usePlacement();
  const columns = columnsFor(width);
  const tile = (width - gap * (columns - 1)) / columns;
  const rows = useMemo(
    () => layRows(dataset.images.map((image) => image.class), view.arrangement, columns, alone),
    [dataset, view.arrangement, columns, alone],
  );
  const [visited, setVisited] = useState<number | null>(null);
  const wanted = visited ?? selected;
  const active = useMemo(
    () => (wanted === null ? null : placeOf(rows, wanted)) ?? firstPlace(rows),
    [rows, wanted],
  );
  const activeImage = imageAt(rows, active);

  const rangeExtractor = useCallback(
    (range: Range) => {
      // The tab stop stays in the document wherever the window is.
      const shown = defaultRangeExtractor(range);
      if (active.row < range.count && !shown.includes(active.row)) shown.push(active.row);
      return shown.sort((a, b) => a - b);
    },
    [active.row],
  );
  const virtualizer = useWindowVirtualizer({
    count: width > 0 ? rows.length : 0,
    estimateSize: (row) => (rows[row]?.kind === 'heading' ? heading : tile + gap),
    overscan: 4,
    scrollMargin: offset,
    scrollPaddingStart: header + gap,
    scrollPaddingEnd: gap * 4,
    rangeExtractor,
  });
  useEffect(() => { virtualizer.measure(); }, [virtualizer, rows, tile]);

  const focusNext = useRef<number | null>(null);
  useEffect(() => {
    if (focusNext.current === null) return;
    const link = ref.current?.querySelector<HTMLElement>(`[data-image="${focusNext.current}"]`);
    if (!link) return;
    focusNext.current = null;
    link.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const screenful = Math.max(Math.floor(window.innerHeight / (tile + gap)) - 1, 1);
    const next = move(rows, active, event.key, event.ctrlKey, screenful);
    const image = next && imageAt(rows, next);
    if (!next || image === null || event.altKey || event.metaKey) return;
    event.preventDefault();
    focusNext.current = image;
    setVisited(image);
    virtualizer.scrollToIndex(next.row, { align: 'auto' });
  };

  return (
    <div
      ref={ref}
      className="grid"
      role="grid"
      aria-label={`${dataset.title}, ${pictures(alone?.size ?? dataset.images.length)}`}
      aria-rowcount={rows.length}
      aria-colcount={columns}
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (!row) return null;
        return (
          <div
            key={item.key}
            role="row"
            className="grid__row"
            aria-rowindex={item.index + 1}
            style={{
              height: item.size - gap,
              transform: `translateY(${item.start - offset}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            <RowContent
              row={row}
              columns={columns}
              view={view}
              dataset={dataset}
              selected={selected}
              active={activeImage}
              onVisit={setVisited}
              onOpen={onOpen}
            />
          </div>
        );
      })}
    </div>
  );
}

interface RowContentProps extends Omit<PictureGridProps, 'alone'> {
  row: Row;
  columns: number;
  active: number | null;
  onVisit: (image: number) => void;
}

// Scrolling renders the grid again for every few pixels; the rows that stay in it need not be.
const RowContent = memo(function RowContent(props: RowContentProps) {
  const { row, columns, view, dataset, selected, active, onVisit, onOpen } = props;
  if (row.kind === 'heading') {
    return (
      <div role="rowheader" className="grid__heading" style={{ gridColumn: '1 / -1' }} aria-colspan={columns}>
        {className(row.class)} <span>{count(row.images)}</span>
      </div>
    );
  }
  return row.images.map((index) => (
    <div key={index} role="gridcell">
      <Picture
        index={index}
        view={view}
        dataset={dataset}
        selected={index === selected}
        active={index === active}
        onVisit={onVisit}
        onOpen={onOpen}
      />
    </div>
  ));
});

interface PictureProps {
  index: number;
  view: View;
  dataset: DatasetDetail;
  selected: boolean;
  /** Whether it is the grid's tab stop. */
  active: boolean;
  onVisit: (image: number) => void;
  onOpen: () => void;
}

function Picture({ index, view, dataset, selected, active, onVisit, onOpen }: PictureProps) {
  const { lit, handlers } = useHighlight(index);
  const image = dataset.images[index];
  if (!image) return null;
  return (
    <ViewLink
      className={`mat picture${lit ? ' picture--lit' : ''}`}
      view={{ ...view, query: { kind: 'image', index } }}
      tabIndex={active ? 0 : -1}
      aria-current={selected ? 'true' : undefined}
      data-image={index}
      draggable={false}
      title={image.title === '' ? altText(image) : image.title}
      {...handlers}
      onFocus={() => {
        handlers.onFocus();
        onVisit(index);
      }}
      onClick={onOpen}
    >
      <img
        src={thumbnailAddress(dataset.name, dataset.version, index)}
        alt={altText(image)}
        width={256}
        height={256}
        loading="lazy"
        decoding="async"
        draggable={false}
      />
    </ViewLink>
  );
}

/** The grid while the list of pictures is on its way. */
export function PictureGridSkeleton() {
  return (
    <div className="grid grid--skeleton" aria-hidden>
      {Array.from({ length: 24 }, (_, i) => <span key={i} className="skeleton" />)}
    </div>
  );
}

function columnsFor(width: number): number {
  const smallest = width < 400 ? 80 : 104;
  return Math.max(Math.floor((width + gap) / (smallest + gap)), 1);
}

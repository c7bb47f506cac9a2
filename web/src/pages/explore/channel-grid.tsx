import { defaultRangeExtractor, useWindowVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Sketches, useSketch } from '../../components/sketches';
import { usePlacement } from '../../components/use-placement';
import { chunk, firstPlace, imageAt, move, placeOf } from '../../lib/grid';
import { count } from '../../lib/format';

interface ChannelGridProps {
  model: string;
  layer: string;
  channels: number[];
  /** The channel that is shown large. */
  chosen: number;
  /** Whether tiles may be rendered now. */
  active: boolean;
  onChoose: (channel: number) => void;
}

const gap = 8;
const caption = 24;
const header = 48;

/**
 * The channels of a layer as a grid that is one tab stop: arrow keys move in
 * it, Enter chooses. Those in view are rendered, from the top.
 */
export function ChannelGrid({ model, layer, channels, chosen, active, onChoose }: ChannelGridProps) {
  const [sketches] = useState(() => new Sketches());
  const { ref, width, offset } = usePlacement();
  const columns = Math.max(Math.floor((width + gap) / ((width < 480 ? 84 : 100) + gap)), 1);
  const tile = (width - gap * (columns - 1)) / columns;
  const rows = useMemo(() => chunk(channels, columns), [channels, columns]);
  const [visited, setVisited] = useState<number | null>(null);
  const place = useMemo(() => placeOf(rows, visited ?? chosen) ?? placeOf(rows, chosen) ?? firstPlace(rows), [rows, visited, chosen]);
  const tabStop = imageAt(rows, place);

  const rangeExtractor = useCallback(
    (range: Range) => {
      // The tab stop stays in the document wherever the window is.
      const shown = defaultRangeExtractor(range);
      if (place.row < range.count && !shown.includes(place.row)) shown.push(place.row);
      return shown.sort((a, b) => a - b);
    },
    [place.row],
  );
  const virtualizer = useWindowVirtualizer({
    count: width > 0 ? rows.length : 0,
    estimateSize: () => tile + caption + gap,
    overscan: 2,
    scrollMargin: offset,
    scrollPaddingStart: header + gap,
    scrollPaddingEnd: gap,
    rangeExtractor,
  });
  useEffect(() => { virtualizer.measure(); }, [virtualizer, rows, tile]);

  const { startIndex, endIndex } = virtualizer.range ?? { startIndex: 0, endIndex: -1 };
  useEffect(() => {
    const inView = rows.slice(startIndex, endIndex + 1).flatMap((row) => (row.kind === 'pictures' ? row.images : []));
    sketches.want(active ? inView.map((channel) => ({ model, layer, channel })) : []);
    return () => { sketches.want([]); };
  }, [sketches, model, layer, rows, startIndex, endIndex, active]);

  const focusNext = useRef<number | null>(null);
  useEffect(() => {
    if (focusNext.current === null) return;
    const button = ref.current?.querySelector<HTMLElement>(`[data-channel="${focusNext.current}"]`);
    if (!button) return;
    focusNext.current = null;
    button.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const screenful = Math.max(Math.floor(window.innerHeight / (tile + caption + gap)) - 1, 1);
    const next = move(rows, place, event.key, event.ctrlKey, screenful);
    const channel = next && imageAt(rows, next);
    if (!next || channel === null || event.altKey || event.metaKey) return;
    event.preventDefault();
    focusNext.current = channel;
    setVisited(channel);
    virtualizer.scrollToIndex(next.row, { align: 'auto' });
  };

  return (
    <div
      ref={ref}
      className="grid channels__grid"
      role="grid"
      aria-label={`${count(channels.length)} channels of ${layer}`}
      aria-rowcount={rows.length}
      aria-colcount={columns}
      style={{ height: Math.max(virtualizer.getTotalSize() - gap, 0) }}
      onKeyDown={onKeyDown}
    >
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row?.kind !== 'pictures') return null;
        return (
          <div
            key={item.key}
            role="row"
            className="grid__row channels__row"
            aria-rowindex={item.index + 1}
            style={{
              height: item.size - gap,
              transform: `translateY(${item.start - offset}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {row.images.map((channel) => (
              <div key={channel} role="gridcell">
                <ChannelTile
                  sketches={sketches}
                  model={model}
                  layer={layer}
                  channel={channel}
                  chosen={channel === chosen}
                  tabStop={channel === tabStop}
                  onVisit={setVisited}
                  onChoose={onChoose}
                />
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface ChannelTileProps {
  sketches: Sketches;
  model: string;
  layer: string;
  channel: number;
  chosen: boolean;
  tabStop: boolean;
  onVisit: (channel: number) => void;
  onChoose: (channel: number) => void;
}

function ChannelTile({ sketches, model, layer, channel, chosen, tabStop, onVisit, onChoose }: ChannelTileProps) {
  const tile = useSketch(sketches, { model, layer, channel });
  const picture = tile.kind === 'running' || tile.kind === 'done' ? tile.picture : null;
  const state = { empty: ', not rendered yet', running: ', being rendered', done: '', failed: ', no picture' }[tile.kind];
  return (
    <button
      type="button"
      className={`channel-tile channel-tile--${tile.kind}`}
      tabIndex={tabStop ? 0 : -1}
      aria-current={chosen ? 'true' : undefined}
      aria-label={`Channel ${channel}${tile.kind === 'failed' && tile.dead ? ', dead' : state}`}
      title={tile.kind === 'failed' ? tile.reason : undefined}
      data-channel={channel}
      onFocus={() => { onVisit(channel); }}
      onClick={() => { onChoose(channel); }}
    >
      <span className="channel-tile__picture">
        {picture === null ? null : <img src={picture} alt="" width={96} height={96} draggable={false} />}
        {tile.kind === 'failed' ? <span className="channel-tile__failed">{tile.dead ? 'dead' : 'no picture'}</span> : null}
      </span>
      <span className="channel-tile__name">{channel}</span>
    </button>
  );
}

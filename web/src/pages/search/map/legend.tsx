import { Button } from '@carbon/react';
import { className, count, pictures } from '../../../lib/format';
import { pressed, type ClassEntry } from './classes';
import { MarkIcon } from './mark-icon';

interface LegendProps {
  entries: readonly ClassEntry[];
  /** The classes that are shown; null for all. */
  shown: ReadonlySet<number> | null;
  onShow: (shown: number[] | null) => void;
}

/** The classes with their marks and how many pictures each has; any of them can be shown alone or hidden. */
export function Legend({ entries, shown, onShow }: LegendProps) {
  const total = entries.reduce((sum, { images }) => sum + images, 0);
  const seen = entries.reduce((sum, { position, images }) => sum + (shown?.has(position) === false ? 0 : images), 0);
  return (
    <section className="legend" aria-label="Categories on the map">
      <div className="legend__head">
        <span>{shown === null ? pictures(total) : `${count(seen)} of ${pictures(total)}`}</span>
        <Button kind="ghost" size="sm" disabled={shown === null} onClick={() => { onShow(null); }}>All</Button>
        <Button kind="ghost" size="sm" disabled={shown?.size === 0} onClick={() => { onShow([]); }}>None</Button>
      </div>
      <ul className="legend__list">
        {entries.map(({ position, name, images }) => {
          const on = shown?.has(position) ?? true;
          return (
            <li key={position} className="legend__entry">
              <button
                type="button"
                className="legend__class"
                aria-pressed={on}
                onClick={() => { onShow(pressed(entries, shown, position)); }}
              >
                <MarkIcon position={position} faint={!on} />
                <span className="legend__name">{className(name)}</span>
                <span className="legend__count">{count(images)}</span>
              </button>
              <button
                type="button"
                className="legend__only"
                aria-label={`Only ${className(name)}`}
                onClick={() => { onShow([position]); }}
              >
                only
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

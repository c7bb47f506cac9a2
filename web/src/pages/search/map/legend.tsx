import { Button } from '@carbon/react';
import { useState, type FocusEvent, type KeyboardEvent } from 'react';
import { className, count, pictures } from '../../../lib/format';
import { pressed, type ClassEntry } from './classes';
import { MarkIcon } from './mark-icon';

interface LegendProps {
  label: string;
  entries: readonly ClassEntry[];
  /** The classes that are shown; null for all. */
  shown: ReadonlySet<number> | null;
  onShow: (shown: number[] | null) => void;
}

/** The classes with their marks and how many pictures each has; any of them can be hidden, or shown alone. */
export function Legend({ label, entries, shown, onShow }: LegendProps) {
  const total = entries.reduce((sum, { images }) => sum + images, 0);
  const seen = entries.reduce((sum, { position, images }) => sum + (shown?.has(position) === false ? 0 : images), 0);
  // There may be hundreds of classes: the list is one tab stop, arrow keys go about in it.
  const [stop, setStop] = useState('0 class');
  return (
    <section className="legend" aria-label={label}>
      <div className="legend__head">
        <span>{shown === null ? pictures(total) : `${count(seen)} of ${pictures(total)}`}</span>
        <Button kind="ghost" size="sm" disabled={shown === null} onClick={() => { onShow(null); }}>All</Button>
        <Button kind="ghost" size="sm" disabled={shown?.size === 0} onClick={() => { onShow([]); }}>None</Button>
      </div>
      <ul
        className="legend__list"
        onKeyDown={goAbout}
        onFocus={({ target }: FocusEvent<HTMLElement>) => { setStop(target.dataset.stop ?? stop); }}
      >
        {entries.map(({ position, name, images }, i) => {
          const on = shown?.has(position) ?? true;
          const inOrder = (which: string) => ({ 'data-stop': `${i} ${which}`, tabIndex: stop === `${i} ${which}` ? 0 : -1 });
          return (
            <li key={position} className="legend__entry">
              <button
                type="button"
                className="legend__class"
                {...inOrder('class')}
                aria-pressed={on}
                onClick={() => { onShow(pressed(entries, shown, position)); }}
              >
                <MarkIcon position={position} faint={!on} />
                <span className="legend__name" title={className(name)}>{className(name)}</span>
                <span className="legend__count">{count(images)}</span>
              </button>
              <button
                type="button"
                className="legend__only"
                {...inOrder('only')}
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

/** Up and down go from class to class, right and left to the button that shows one alone and back. */
function goAbout(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next: Partial<Record<string, number>> = {
    ArrowDown: at + 2, ArrowUp: at - 2, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 2,
  };
  const to = buttons[next[event.key] ?? -1];
  if (!to || at < 0) return;
  event.preventDefault();
  to.focus();
}

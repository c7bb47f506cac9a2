import { CheckmarkFilled } from '@carbon/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { motion } from '../lib/motion';
import '../styles/picker.scss';

export interface Item {
  name: string;
  /** The name for screen readers, with what stands beside it. */
  label: string;
  title: string;
  facts: string;
  /** Shown before the title. */
  lead?: ReactNode;
  /** What can be chosen, but not rendered yet. */
  faint?: boolean;
}

interface PickerProps {
  /** Names the picker in the document: dataset, model, layer or metric. */
  kind: string;
  legend: string;
  items: Item[] | undefined;
  chosen: string | null;
  onChoose: (name: string) => void;
  /** Called when the picker is used in whatever way. */
  onUse: () => void;
  /** Stands beside the legend. */
  children?: ReactNode;
  /** What is known of the chosen one; stands below the list. */
  about?: ReactNode;
}

/** A list to choose one of: one tab stop, arrow keys choose. The list scrolls so that the chosen one is in view. */
export function Picker({ kind, legend, items, chosen, onChoose, onUse, children, about }: PickerProps) {
  const list = useRef<HTMLDivElement>(null);
  const arrived = useRef(false);
  const ready = items !== undefined;
  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>('.picker__item:has(:checked)');
    if (!list.current || !item) return;
    const { clientHeight, clientWidth } = list.current;
    list.current.scrollTo({
      top: item.offsetTop - (clientHeight - item.offsetHeight) / 2,
      left: item.offsetLeft - (clientWidth - item.offsetWidth) / 2,
      behavior: arrived.current ? motion() : 'instant',
    });
    arrived.current = true;
  }, [chosen, ready]);

  return (
    <fieldset className={`picker picker--${kind}`} onPointerDown={onUse} onFocus={onUse}>
      <legend className="visually-hidden">{legend}</legend>
      <div className="picker__head">
        <span aria-hidden>{legend}</span>
        {children}
      </div>
      <div className="picker__list" ref={list}>
        {items === undefined
          ? Array.from({ length: 10 }, (_, i) => <div key={i} className="picker__item picker__face skeleton" aria-hidden />)
          : items.map(({ name, label, title, facts, lead, faint }) => (
              <label key={name} className={`picker__item${faint ? ' picker__item--faint' : ''}`} data-name={name}>
                <input
                  type="radio"
                  name={`pick-${kind}`}
                  value={name}
                  checked={name === chosen}
                  aria-label={label}
                  onChange={() => { onChoose(name); }}
                />
                <span className="picker__face" aria-hidden>
                  {lead}
                  <span className="picker__words">
                    <b>{title}</b>
                    <span>{facts}</span>
                  </span>
                  <CheckmarkFilled className="picker__mark" />
                </span>
              </label>
            ))}
      </div>
      {about === undefined ? null : <div className="picker__about">{about}</div>}
    </fieldset>
  );
}

import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import '../styles/connectors.scss';
import { clamp, curve, inView, thickness, type Box, type Direction } from './connectors';

interface Line {
  name: string;
  path: string;
  width: number;
  chosen: boolean;
}

interface ConnectorLinesProps {
  /** What holds the pickers of model and layer; the lines are drawn over it. */
  frame: RefObject<HTMLElement | null>;
  /** Changes whenever what is chosen, or what there is to choose, does. */
  version: string;
  model: string;
}

/** The lines from the chosen model to its layers that are in view, and from the chosen layer to its channel where that is shown. */
export function ConnectorLines({ frame, version, model }: ConnectorLinesProps) {
  const [lines, setLines] = useState<Line[]>([]);
  const measure = useEffectEvent(() => {
    if (frame.current) setLines(draw(frame.current));
  });

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    let next = 0;
    const soon = () => {
      cancelAnimationFrame(next);
      next = requestAnimationFrame(measure);
    };
    soon();
    const observer = new ResizeObserver(soon);
    observer.observe(element);
    // Scrolling does not bubble, but it can be heard on its way down.
    element.addEventListener('scroll', soon, { capture: true, passive: true });
    return () => {
      cancelAnimationFrame(next);
      observer.disconnect();
      element.removeEventListener('scroll', soon, { capture: true });
    };
  }, [frame, version]);

  return (
    <svg className="connectors" aria-hidden>
      {lines.map(({ name, path, width, chosen }) => (
        <path
          key={`${model}/${name}`}
          className={`connectors__line${chosen ? ' connectors__line--chosen' : ''}`}
          d={path}
          pathLength={1}
          strokeWidth={width}
        />
      ))}
    </svg>
  );
}

function draw(frame: HTMLElement): Line[] {
  const origin = frame.getBoundingClientRect();
  const box = (element: Element): Box => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
  };
  const picker = frame.querySelector('.picker--model');
  const models = picker?.querySelector('.picker__list');
  const layers = frame.querySelector('.picker--layer .picker__list');
  const model = models?.querySelector('.picker__item:has(:checked)');
  if (!picker || !models || !layers || !model) return [];
  const [list, items] = [box(layers), [...layers.querySelectorAll<HTMLElement>('.picker__item[data-name]')]];
  const direction: Direction = box(models).right <= list.left ? 'right' : 'down';
  const tile = clamp(box(model), box(models));
  // Lines that run down begin below what stands under the list, and do not cross it out.
  const from = direction === 'down' ? { ...tile, bottom: box(picker).bottom } : tile;

  const lines: Line[] = [];
  items.forEach((item, i) => {
    const to = box(item);
    const chosen = item.querySelector(':checked') !== null;
    if (!chosen && !inView(to, list)) return;
    const width = thickness(i, items.length);
    const name = item.dataset.name ?? '';
    const line = { name, path: curve(from, clamp(to, list), direction), width, chosen };
    if (chosen) lines.push(line);
    else lines.unshift(line);
    const picture = frame.querySelector('.channel__picture');
    if (chosen && picture) {
      lines.push({ name: 'channel', path: curve(clamp(to, list), box(picture), direction), width, chosen });
    }
  });
  return lines;
}

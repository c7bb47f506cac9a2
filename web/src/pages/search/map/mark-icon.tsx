import { markOf, markPath } from './marks';

/** The mark of a class, by its position in the set's list, as on the map. */
export function MarkIcon({ position, faint = false }: { position: number; faint?: boolean }) {
  const mark = markOf(position);
  return (
    <svg className={`mark mark--${faint ? 'faint' : mark.colour}`} width="16" height="16" viewBox="-8 -8 16 16" aria-hidden>
      <path fillRule="evenodd" d={markPath(mark, 5)} />
    </svg>
  );
}

import { useHighlight } from '../../../state/highlight';
import type { Link } from './links';

/** Lines between the columns, one for each picture that both searches found. */
export function Lines({ links, rows }: { links: readonly Link[]; rows: number }) {
  return (
    <svg className="contrast__lines" viewBox={`0 0 100 ${rows}`} preserveAspectRatio="none" aria-hidden>
      {links.map((link) => <Line key={link.index} link={link} />)}
    </svg>
  );
}

function Line({ link: { index, first, second } }: { link: Link }) {
  const { lit } = useHighlight(index);
  const [from, to] = [first - 0.5, second - 0.5];
  return (
    <path
      className={lit ? 'contrast__line contrast__line--lit' : 'contrast__line'}
      d={`M 0 ${from} C 50 ${from} 50 ${to} 100 ${to}`}
      vectorEffect="non-scaling-stroke"
    />
  );
}

import { CheckmarkFilled, CloseOutline } from '@carbon/icons-react';
import { thumbnailAddress } from '../../api/addresses';
import { top } from '../../api/queries';
import type { DatasetDetail, Result, SearchResult } from '../../api/types';
import { ViewLink } from '../../components/view-link';
import { barShares } from '../../lib/bars';
import { altText, className, similarity } from '../../lib/format';
import { useHighlight } from '../../state/highlight';
import type { View } from '../../state/view';

interface TilesProps {
  view: View;
  result: SearchResult;
  dataset: DatasetDetail;
}

/** The results, nearest first; each is a link that makes it the query. */
export function Tiles({ view, result, dataset }: TilesProps) {
  const shares = barShares(result.metric, result.results.map((r) => r.similarity));
  return (
    <ol className="tiles" aria-label="Results, the most similar first">
      {result.results.map((r, i) => (
        <li key={r.rank}>
          <Tile
            result={r}
            share={shares[i] ?? 0}
            kind={kindOf(result.query.class, r.class)}
            view={{ ...view, query: { kind: 'image', index: r.index } }}
            thumbnail={thumbnailAddress(dataset.name, dataset.version, r.index)}
          />
        </li>
      ))}
    </ol>
  );
}

type Kind = 'same' | 'other' | 'unclassed';

interface TileProps {
  result: Result;
  share: number;
  kind: Kind;
  view: View;
  thumbnail: string;
}

const comparisons: Record<Kind, string> = {
  same: ', same category',
  other: ', another category',
  unclassed: '',
};

function Tile({ result, share, kind, view, thumbnail }: TileProps) {
  const { lit, handlers } = useHighlight(result.index);
  return (
    <ViewLink
      view={view}
      className={`tile tile--${kind}${lit ? ' tile--lit' : ''}`}
      draggable={false}
      {...handlers}
      title={`${result.file}\ndistance ${result.distance}`}
      aria-label={`${result.rank}: ${altText(result)}, similarity ${similarity(result.similarity)}${comparisons[kind]}`}
    >
      <span className="mat tile__picture">
        <img key={thumbnail} src={thumbnail} alt={altText(result)} width={256} height={256} draggable={false} />
        <span className="tile__rank">{result.rank}</span>
      </span>
      <span className="tile__measure">
        <svg className="bar" aria-hidden>
          <rect width={`${share * 100}%`} height="4" />
        </svg>
        <span className="tile__value">{similarity(result.similarity)}</span>
      </span>
      <span className="tile__class">
        {kind === 'same' ? <CheckmarkFilled size={12} /> : null}
        {kind === 'other' ? <CloseOutline size={12} /> : null}
        <span>{className(result.class)}</span>
      </span>
    </ViewLink>
  );
}

/** Tiles while the first results are on their way. */
export function TilesSkeleton() {
  return (
    <ol className="tiles" aria-hidden>
      {Array.from({ length: top }, (_, i) => (
        <li key={i}>
          <span className="mat tile__picture skeleton" />
          <span className="tile__measure">&nbsp;</span>
          <span className="tile__class">&nbsp;</span>
        </li>
      ))}
    </ol>
  );
}

function kindOf(query: string | undefined, result: string): Kind {
  if (query === undefined || query === '') return 'unclassed';
  return query === result ? 'same' : 'other';
}

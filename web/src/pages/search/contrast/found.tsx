import { CheckmarkFilled, CloseOutline } from '@carbon/icons-react';
import { thumbnailAddress } from '../../../api/addresses';
import type { DatasetDetail, Result, SearchResult } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import { altText, className } from '../../../lib/format';
import { useHighlight } from '../../../state/highlight';
import type { View } from '../../../state/view';
import { ordinal, type Link } from './links';

interface FoundProps {
  result: SearchResult;
  links: readonly Link[];
  /** 0 for the first search, 1 for the second. */
  side: 0 | 1;
  view: View;
  dataset: DatasetDetail;
}

/** What one of the searches found, with the rank that each picture has in the other. */
export function Found({ result, links, side, view, dataset }: FoundProps) {
  const wanted = result.query.class ?? '';
  return (
    <ol className="contrast__found" aria-label={`Found by the ${['first', 'second'][side] ?? ''} search`}>
      {result.results.map((found) => {
        const link = links.find(({ index }) => index === found.index);
        return (
          <li key={found.index}>
            <Row
              found={found}
              other={link ? [link.second, link.first][side] : undefined}
              right={wanted === '' ? undefined : found.class === wanted}
              view={{ ...view, query: { kind: 'image', index: found.index } }}
              thumbnail={thumbnailAddress(dataset.name, dataset.version, found.index)}
            />
          </li>
        );
      })}
    </ol>
  );
}

interface RowProps {
  found: Result;
  /** Its rank in the other search; undefined where that did not find it. */
  other: number | undefined;
  /** Whether it is of the query's class; undefined where the query has none. */
  right: boolean | undefined;
  view: View;
  thumbnail: string;
}

function Row({ found, other, right, view, thumbnail }: RowProps) {
  const { lit, handlers } = useHighlight(found.index);
  const elsewhere = other === undefined ? 'only here' : `${ordinal(other)} there`;
  const category = right === undefined ? '' : right ? ', same category' : ', another category';
  return (
    <ViewLink
      view={view}
      className={`contrast__row${lit ? ' contrast__row--lit' : ''}${other === undefined ? ' contrast__row--alone' : ''}`}
      aria-label={`${ordinal(found.rank)} here, ${elsewhere}: ${altText(found)}${category}`}
      title={found.file}
      draggable={false}
      {...handlers}
    >
      <span className="contrast__rank">{found.rank}</span>
      <span className="mat contrast__picture">
        <img src={thumbnail} alt="" width={256} height={256} draggable={false} />
      </span>
      <span className="contrast__words">
        <span className="contrast__class">
          {right === true ? <CheckmarkFilled size={12} /> : null}
          {right === false ? <CloseOutline size={12} /> : null}
          <span>{className(found.class)}</span>
        </span>
        <span className="contrast__elsewhere">{elsewhere}</span>
      </span>
    </ViewLink>
  );
}

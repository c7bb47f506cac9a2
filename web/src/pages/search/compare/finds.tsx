import { CheckmarkFilled } from '@carbon/icons-react';
import { thumbnailAddress } from '../../../api/addresses';
import { layerKey } from '../../../api/rows';
import type { CompareRow, DatasetDetail, ModelSummary } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import { altText } from '../../../lib/format';
import { useHighlight } from '../../../state/highlight';
import type { View } from '../../../state/view';
import { layerTitle } from './words';

interface FindsProps {
  rows: readonly CompareRow[];
  models: readonly ModelSummary[];
  view: View;
  dataset: DatasetDetail;
  /** The query's class, "" for none. */
  wanted: string;
}

/** The pictures that each layer finds, layer under layer. */
export function Finds({ rows, models, view, dataset, wanted }: FindsProps) {
  return (
    <ol className="finds" aria-label="What each layer finds">
      {rows.map((row) => (
        <li key={layerKey(row)}>
          <h4>
            {layerTitle(models, row)}
            {row.score === undefined ? null : <span>{row.score.toFixed(1)} %</span>}
          </h4>
          <ol className="finds__pictures" aria-label={`Found by ${layerTitle(models, row)}`}>
            {row.results.map((index, i) => (
              <li key={index}>
                <Find index={index} rank={i + 1} wanted={wanted} view={view} dataset={dataset} />
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

interface FindProps {
  index: number;
  rank: number;
  wanted: string;
  view: View;
  dataset: DatasetDetail;
}

function Find({ index, rank, wanted, view, dataset }: FindProps) {
  const { lit, handlers } = useHighlight(index);
  const image = dataset.images[index];
  if (!image) return null;
  const right = wanted !== '' && image.class === wanted;
  const name = altText(image);
  return (
    <ViewLink
      view={{ ...view, query: { kind: 'image', index } }}
      className={`mat find${lit ? ' find--lit' : ''}`}
      {...handlers}
      title={name}
      aria-label={`${rank}: ${name}${right ? ', same category' : ''}`}
      draggable={false}
    >
      <img src={thumbnailAddress(dataset.name, dataset.version, index)} alt="" width={256} height={256} loading="lazy" draggable={false} />
      {right ? <CheckmarkFilled size={12} /> : null}
    </ViewLink>
  );
}

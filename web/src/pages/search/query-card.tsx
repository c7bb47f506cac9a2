import type { ReactNode } from 'react';
import { fileAddress, pictureAddress } from '../../api/addresses';
import { exported } from '../../api/site';
import type { DatasetDetail } from '../../api/types';
import { CopyLink } from '../../components/copy-link';
import { altText, className, fileName } from '../../lib/format';
import { writeSearch, writeView, type Query, type View } from '../../state/view';

interface QueryCardProps {
  view: View;
  query: Query;
  dataset: DatasetDetail;
  children?: ReactNode;
}

/** The picture that is searched with, large, and what is known of it. */
export function QueryCard({ view, query, dataset, children }: QueryCardProps) {
  const image = query.kind === 'image' ? dataset.images[query.index] : undefined;
  const address = addressOf(query, dataset);
  const alt = image ? altText(image) : 'Your picture';
  return (
    <div className="query">
      <span className="mat query__picture">
        {address === null ? null : (
          <img key={address} src={address} alt={`The query: ${alt}`} width={image?.width ?? 400} height={image?.height ?? 300} />
        )}
      </span>
      <div className="query__words">
        <h2 className="query__class">{image ? className(image.class) : 'Your picture'}</h2>
        {image ? <p className="query__file">{image.title === '' ? fileName(image.file) : image.title}</p> : null}
        {children}
        <div className="query__actions">
          <CopyLink address={`/${writeSearch({ ...writeView({ ...view, query }) })}`} />
        </div>
      </div>
    </div>
  );
}

/** The address of the picture; null where there is none. */
function addressOf(query: Query, dataset: DatasetDetail): string | null {
  if (query.kind === 'picture') return exported ? null : pictureAddress(query.id);
  return dataset.images[query.index] ? fileAddress(dataset.name, dataset.version, query.index) : null;
}

import { Checkmark, Link } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { useEffect, useState, type ReactNode } from 'react';
import { fileAddress, pictureAddress } from '../../api/addresses';
import type { DatasetDetail } from '../../api/types';
import { useAnnounce } from '../../components/announcer';
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
  const address = query.kind === 'picture'
    ? pictureAddress(query.id)
    : fileAddress(dataset.name, dataset.version, query.index);
  const alt = image ? altText(image) : 'Your picture';
  return (
    <div className="query">
      <span className="mat query__picture">
        <img key={address} src={address} alt={`The query: ${alt}`} width={image?.width ?? 400} height={image?.height ?? 300} />
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

/** Copies a link to the view, with the picture in it even where the page suggested it. */
function CopyLink({ address }: { address: string }) {
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => { setCopied(false); }, 2000);
    return () => { clearTimeout(timer); };
  }, [copied]);

  const copy = async () => {
    const link = new URL(address, window.location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      announce('Link copied');
    } catch {
      // Browsers refuse the clipboard to pages that come over plain HTTP from another machine.
      window.prompt('Copy this link', link);
    }
  };
  return (
    <Button kind="tertiary" size="sm" renderIcon={copied ? Checkmark : Link} onClick={() => void copy()}>
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}

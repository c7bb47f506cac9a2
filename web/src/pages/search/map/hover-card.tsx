import { useSyncExternalStore } from 'react';
import { thumbnailAddress } from '../../../api/addresses';
import type { DatasetDetail } from '../../../api/types';
import { className, fileName } from '../../../lib/format';
import { MarkIcon } from './mark-icon';
import type { Plane } from './plane';

interface HoverCardProps {
  plane: Plane | null;
  dataset: DatasetDetail;
  classes: Int32Array;
}

const gap = 18;

/** The picture under the pointer, large enough to be seen, with its class. */
export function HoverCard({ plane, dataset, classes }: HoverCardProps) {
  const card = useSyncExternalStore(plane?.subscribeCard ?? never, () => plane?.getCard() ?? null);
  const image = card && dataset.images[card.image];
  if (!plane || !card || !image) return null;
  const { width: room, height: floor } = plane.host.getBoundingClientRect();
  const [width, height] = room < 480 ? [104, 156] : [144, 196];
  const left = card.x + gap + width > room ? Math.max(card.x - gap - width, 0) : card.x + gap;
  const top = Math.min(Math.max(card.y - height / 2, 4), Math.max(floor - height - 4, 4));
  return (
    <div className="hover-card" aria-hidden style={{ inlineSize: width, transform: `translate(${left}px, ${top}px)` }}>
      <span className="mat hover-card__picture">
        <img key={card.image} src={thumbnailAddress(dataset.name, dataset.version, card.image)} alt="" width={256} height={256} />
      </span>
      <span className="hover-card__class">
        <MarkIcon position={classes[card.image] ?? -1} />
        <span>{className(image.class)}</span>
      </span>
      <span className="hover-card__file">{image.title === '' ? fileName(image.file) : image.title}</span>
      <span className="hover-card__touch">Tap again to search with it</span>
    </div>
  );
}

function never(): () => void {
  return () => undefined;
}

import { Close, Download, Filter } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import { thumbnailAddress } from '../../../api/addresses';
import type { DatasetDetail } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import { download } from '../../../lib/download';
import { altText, count, pictures } from '../../../lib/format';
import { useHighlight } from '../../../state/highlight';
import { selection, useSelection } from '../../../state/selection';
import type { View } from '../../../state/view';
import { mapCSV, mapJSON } from './downloads';
import type { Progress } from './use-map';

interface CaughtProps {
  view: View;
  dataset: DatasetDetail;
  progress: Progress;
}

const most = 60;

/** The pictures that a lasso or a box caught, and what can be done with them. */
export function Caught({ view, dataset, progress }: CaughtProps) {
  const { images, alone } = useSelection(dataset.name);
  if (images.length === 0) return null;
  const map = progress.kind === 'done' ? progress.result : null;
  const save = (form: typeof mapJSON, type: string, ending: string) => {
    if (map) download(new Blob([form(map, dataset, new Set(images))], { type }), `${dataset.name}-selection.${ending}`);
  };
  return (
    <section className="selection" aria-label="Selected pictures">
      <div className="selection__head">
        <h3>{pictures(images.length)} selected</h3>
        <Button kind="ghost" size="sm" aria-pressed={alone} isSelected={alone} renderIcon={Filter} onClick={() => { selection.showAlone(!alone); }}>Show alone</Button>
        <Button kind="ghost" size="sm" renderIcon={Download} disabled={!map} onClick={() => { save(mapCSV, 'text/csv', 'csv'); }}>CSV</Button>
        <Button kind="ghost" size="sm" renderIcon={Download} disabled={!map} onClick={() => { save(mapJSON, 'application/json', 'json'); }}>JSON</Button>
        <Button kind="ghost" size="sm" renderIcon={Close} onClick={() => { selection.take(dataset.name, []); }}>Clear</Button>
      </div>
      <ul className="selection__list">
        {images.slice(0, most).map((index) => <li key={index}><Small view={view} dataset={dataset} index={index} /></li>)}
      </ul>
      {images.length > most ? <p>and {count(images.length - most)} more</p> : null}
    </section>
  );
}

function Small({ view, dataset, index }: { view: View; dataset: DatasetDetail; index: number }) {
  const { lit, handlers } = useHighlight(index);
  const image = dataset.images[index];
  if (!image) return null;
  return (
    <ViewLink
      className={`mat picture${lit ? ' picture--lit' : ''}`}
      view={{ ...view, query: { kind: 'image', index } }}
      title={altText(image)}
      draggable={false}
      {...handlers}
    >
      <img src={thumbnailAddress(dataset.name, dataset.version, index)} alt={altText(image)} width={256} height={256} loading="lazy" draggable={false} />
    </ViewLink>
  );
}

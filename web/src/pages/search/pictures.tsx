import { Button, ContentSwitcher, Switch } from '@carbon/react';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo, type Ref } from 'react';
import { availableQuery, datasetsQuery } from '../../api/queries';
import type { DatasetDetail } from '../../api/types';
import { Choose } from '../../components/choose';
import { OwnPicture, UploadFailed } from '../../components/own-picture';
import type { Upload } from '../../components/use-upload';
import { count, pictures } from '../../lib/format';
import { selection, useSelection } from '../../state/selection';
import { useChangeView } from '../../state/use-view';
import type { Query, View } from '../../state/view';
import { PictureGrid, PictureGridSkeleton } from './picture-grid';
import { toDataset } from './settings/choices';

interface PicturesProps {
  ref: Ref<HTMLElement>;
  view: View;
  query: Query | null;
  dataset: UseQueryResult<DatasetDetail>;
  upload: Upload;
  /** Called when a picture becomes the query. */
  onOpen: () => void;
}

const arrangements = ['all', 'category'] as const;

/** What can be searched with: a picture of the user's own, or any of the dataset. */
export function Pictures({ ref, view, query, dataset, upload, onOpen }: PicturesProps) {
  const change = useChangeView();
  const datasets = useQuery(datasetsQuery);
  const available = useQuery(availableQuery);
  const selected = query?.kind === 'image' ? query.index : null;
  const caught = useSelection(view.dataset);
  const alone = useMemo(() => (caught.alone ? new Set(caught.images) : null), [caught]);
  return (
    <section className="pictures" ref={ref} aria-label="Pictures to search with">
      <div className="pictures__head">
        <div className="pictures__choose">
          <Choose
            id="dataset"
            label="Pictures"
            value={view.dataset}
            choices={datasets.data?.map(option('')).concat(available.data?.map(option('To download')) ?? [])}
            onChange={(next) => { change(toDataset(view, next)); }}
          />
          <OwnPicture upload={upload} />
        </div>
        {upload.error ? <UploadFailed upload={upload} error={upload.error} /> : null}
        <ContentSwitcher
          aria-label="Arrangement"
          size="sm"
          selectedIndex={arrangements.indexOf(view.arrangement)}
          onChange={({ index }) => { change({ arrangement: arrangements[index ?? 0] ?? 'all' }); }}
        >
          <Switch name="all" text="All" />
          <Switch name="category" text="By category" />
        </ContentSwitcher>
      </div>
      {dataset.data ? (
        <>
          <p className="pictures__about" title={dataset.data.source}>{about(dataset.data)}</p>
          {alone ? (
            <p className="pictures__alone">
              {pictures(alone.size)}, selected on the map
              <Button kind="ghost" size="sm" onClick={() => { selection.showAlone(false); }}>Show all</Button>
            </p>
          ) : null}
          <PictureGrid key={dataset.data.name} view={view} dataset={dataset.data} selected={selected} alone={alone} onOpen={onOpen} />
          <LeftOut dataset={dataset.data} />
        </>
      ) : null}
      {dataset.isPending ? (
        <>
          <p className="pictures__about">&nbsp;</p>
          <PictureGridSkeleton />
        </>
      ) : null}
    </section>
  );
}

/** A dataset as a choice of a group, '' for none. */
function option(group: string) {
  return ({ name, title, images }: { name: string; title: string; images: number }) => ({
    name,
    title: `${title} (${count(images)})`,
    group,
  });
}

function about({ description, licence }: DatasetDetail): string {
  return [description, licence].filter((text) => text !== '').join('. ');
}

function LeftOut({ dataset: { problems } }: { dataset: DatasetDetail }) {
  if (problems.length === 0) return null;
  return (
    <details className="left-out">
      <summary>{pictures(problems.length)} could not be read and {problems.length === 1 ? 'was' : 'were'} left out</summary>
      <ul>
        {problems.slice(0, 100).map(({ file, reason }) => <li key={file}><code>{file}</code>: {reason}</li>)}
      </ul>
    </details>
  );
}

import { Button } from '@carbon/react';
import { useQuery } from '@tanstack/react-query';
import { fileAddress, heatAddress, pictureAddress, thumbnailAddress } from '../../api/addresses';
import { ApiError, asApiError } from '../../api/problem';
import { datasetQuery, datasetsQuery, startIndexing } from '../../api/queries';
import { activationQuery, topQuery, type Subject } from '../../api/renderings';
import type { DatasetDetail, TopPicture } from '../../api/types';
import { useStartJob } from '../../api/use-start-job';
import { Choose } from '../../components/choose';
import { DropTarget } from '../../components/drop-target';
import { JobProgress } from '../../components/job-progress';
import { OwnPicture, UploadFailed } from '../../components/own-picture';
import { Trouble } from '../../components/trouble';
import { useUpload } from '../../components/use-upload';
import { altText, count, pictures, similarity } from '../../lib/format';
import type { Explore } from '../../state/explore';
import { changed, useChangeExplore } from '../../state/use-explore';
import type { Query } from '../../state/view';
import { fitted } from './boxes';
import { ExploreLink } from './explore-link';

/** Real pictures beside the rendered one: those of a dataset that excite the channel most, and what it makes of any picture. */
export function Evidence({ view, subject }: { view: Explore; subject: Subject }) {
  const change = useChangeExplore();
  const datasets = useQuery(datasetsQuery);
  const dataset = useQuery(datasetQuery(view.dataset));
  const top = useQuery(topQuery(view.dataset, subject));
  const upload = useUpload((id) => { change({ shown: { kind: 'picture', id } }); });
  const first = top.data?.results[0];
  const shown = view.shown ?? (first ? { kind: 'image' as const, index: first.index } : null);
  const error = dataset.error ?? top.error;

  return (
    <section className="evidence" aria-label="Pictures that excite the channel">
      <h2>In real pictures</h2>
      <div className="evidence__choose">
        <Choose
          id="pictures-of"
          label="Pictures"
          value={view.dataset}
          choices={datasets.data?.map(({ name, title, images }) => ({ name, title: `${title} (${count(images)})` }))}
          onChange={(next) => { change({ dataset: next, shown: view.shown?.kind === 'picture' ? view.shown : null }); }}
        />
        <OwnPicture upload={upload} />
      </div>
      {upload.error ? <UploadFailed upload={upload} error={upload.error} /> : null}
      {error && asApiError(error).code === 'not_indexed' ? (
        <LookThrough key={`${view.dataset}/${subject.layer}`} dataset={view.dataset} subject={subject} images={dataset.data?.images.length ?? 0} onDone={() => { void top.refetch(); }} />
      ) : null}
      {error && asApiError(error).code !== 'not_indexed' ? (
        <Trouble error={error} onRetry={() => { void dataset.refetch(); void top.refetch(); }} />
      ) : null}
      {top.data && dataset.data ? (
        <>
          <p className="evidence__about">
            {top.data.dead
              ? `None of ${pictures(top.data.pictures)} excites this channel.`
              : `Out of ${pictures(top.data.pictures)}, these excite it most: all that the greatest value depends on is boxed, its place is filled.`}
          </p>
          {top.data.dead ? null : (
            <ol className="tops" aria-label="Top pictures">
              {top.data.results.map((result) => (
                <li key={result.rank}>
                  <Top view={view} result={result} dataset={dataset.data} current={shown?.kind === 'image' && shown.index === result.index} />
                </li>
              ))}
            </ol>
          )}
        </>
      ) : null}
      {top.isPending ? <div className="tops" aria-hidden>{Array.from({ length: 9 }, (_, i) => <span key={i} className="mat tops__picture skeleton" />)}</div> : null}
      {shown ? <Heat subject={subject} dataset={dataset.data} shown={shown} /> : null}
      <DropTarget label="Drop the picture to see where it excites the channel" onPicture={upload.send} />
    </section>
  );
}

interface TopProps {
  view: Explore;
  result: TopPicture;
  dataset: DatasetDetail;
  current: boolean;
}

/** A picture with the region that excites the channel. */
function Top({ view, result, dataset, current }: TopProps) {
  const image = dataset.images[result.index];
  const place = (box: readonly number[]) => fitted(box, (image?.width ?? 1) / (image?.height ?? 1));
  return (
    <ExploreLink
      view={changed(view, { shown: { kind: 'image', index: result.index } })}
      className="tops__link"
      aria-current={current ? 'true' : undefined}
      aria-label={`${result.rank}: ${altText(result)}, ${similarity(result.value)}`}
      title={result.file}
      draggable={false}
    >
      <span className="mat tops__picture">
        <img src={thumbnailAddress(dataset.name, dataset.version, result.index)} alt={altText(result)} width={256} height={256} draggable={false} />
        <svg viewBox="0 0 100 100" aria-hidden>
          <rect className="tops__halo" {...place(result.box)} />
          <rect className="tops__box" {...place(result.box)} />
          <rect className="tops__cell" {...place(result.cell)} />
        </svg>
      </span>
      <span className="tops__value">{similarity(result.value)}</span>
    </ExploreLink>
  );
}

interface HeatProps {
  subject: Subject;
  dataset: DatasetDetail | undefined;
  shown: Query;
}

/** What the channel makes of one picture: the picture, and the map over it. */
function Heat({ subject, dataset, shown }: HeatProps) {
  const own = shown.kind === 'picture';
  const activation = useQuery({ ...activationQuery(dataset?.name ?? '', shown, subject), enabled: own || dataset !== undefined });
  const image = shown.kind === 'image' ? dataset?.images[shown.index] : undefined;
  const source = shown.kind === 'picture' ? pictureAddress(shown.id)
    : dataset ? fileAddress(dataset.name, dataset.version, shown.index) : null;
  if (activation.error) return <Trouble error={activation.error} onRetry={() => { void activation.refetch(); }} />;
  if (source === null) return null;
  const alt = image ? altText(image) : 'Your picture';
  const [left = 0, top = 0, right = 1, bottom = 1] = activation.data?.region ?? [];
  const percent = (share: number) => `${100 * share}%`;
  return (
    <figure className="heat">
      <div className="heat__pictures">
        <span className="heat__picture"><img src={source} alt={alt} width={image?.width ?? 400} height={image?.height ?? 300} /></span>
        <span className="heat__picture">
          <img src={source} alt="" width={image?.width ?? 400} height={image?.height ?? 300} />
          {activation.data ? (
            <img
              className="heat__map"
              src={heatAddress(subject, dataset?.name ?? '', shown)}
              alt={`Where ${alt} excites channel ${subject.channel}`}
              style={{ left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) }}
            />
          ) : null}
        </span>
      </div>
      <figcaption>
        {own ? 'Your picture' : alt}: the lighter, the more it excites the channel.{' '}
        {activation.data ? `At most ${similarity(activation.data.max)}, ${similarity(activation.data.mean)} on average.` : '\u00a0'}
      </figcaption>
    </figure>
  );
}

interface LookThroughProps {
  dataset: string;
  subject: Subject;
  images: number;
  /** Called when the job has ended, in whatever way. */
  onDone: () => void;
}

/** Offers to look through a dataset at a layer, or shows the progress of the job that does. */
function LookThrough({ dataset, subject: { model, layer }, images, onDone }: LookThroughProps) {
  const { pending, job, start, forget } = useStartJob(
    ({ kind, arguments: asked }) => kind === 'index' && asked.dataset === dataset && asked.model === model,
    () => startIndexing({ dataset, model, pool: 'avg' }, layer),
  );
  if (pending) return null;
  if (start.error instanceof ApiError) return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  if (job) {
    return (
      <JobProgress
        key={job.id}
        job={job}
        heading="Looking through the pictures"
        label="Looking"
        steps={(done, total) => `${count(done)} of ${pictures(total)}`}
        failed="The pictures could not be looked through"
        onEnd={(ended) => {
          forget(ended);
          onDone();
        }}
      />
    );
  }
  return (
    <div className="panel panel--small">
      <h3>This layer has not seen these pictures yet</h3>
      <p>Let it look through {pictures(images)} once to see which of them excite its channels most.</p>
      <Button size="md" disabled={start.isPending} onClick={() => { start.mutate(); }}>Look through {pictures(images)}</Button>
    </div>
  );
}

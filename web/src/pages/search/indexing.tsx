import { Button, ProgressBar } from '@carbon/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { hasEnded, useJob } from '../../api/jobs';
import { ApiError } from '../../api/problem';
import { cancelJob, jobsQuery, modelsQuery, startIndexing, type Settings } from '../../api/queries';
import type { Job } from '../../api/types';
import { useAnnounce } from '../../components/announcer';
import { Trouble } from '../../components/trouble';
import { count, duration, pictures } from '../../lib/format';

interface IndexingProps {
  settings: Settings;
  images: number;
  /** Called when a job has ended, in whatever way. */
  onDone: () => void;
}

/** Offers to index what the search needs, or shows the progress of the job that does. */
export function Indexing({ settings, images, onDone }: IndexingProps) {
  const cache = useQueryClient();
  const jobs = useQuery({ ...jobsQuery, staleTime: 0 });
  const model = useQuery(modelsQuery).data?.find(({ name }) => name === settings.model);
  const title = model?.title ?? settings.model;
  // A layer that is not one of the model's search layers has to be asked for by its name.
  const extra = settings.layer !== null && model?.search_layers.includes(settings.layer) === false ? settings.layer : null;
  const start = useMutation({
    mutationFn: () => startIndexing(settings, extra),
    onSuccess: (job) => { cache.setQueryData(jobsQuery.queryKey, (all) => [job, ...without(all, job)]); },
  });
  const end = (job: Job) => {
    cache.setQueryData(jobsQuery.queryKey, (all) => without(all, job));
    onDone();
  };
  const job = jobs.data?.find((candidate) => !hasEnded(candidate) && serves(candidate, settings));

  if (jobs.isPending) return <div className="panel" aria-busy><p>Looking at what is indexed</p></div>;
  if (start.error) {
    return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  }
  if (job) {
    return <Progress key={job.id} job={job} title={title} onEnd={() => { end(job); }} />;
  }
  return (
    <div className="panel">
      <h2>{title} has not seen these pictures yet</h2>
      <p>
        To search, it looks at {pictures(images)} once and remembers what it saw in them.{' '}
        {extra === null ? 'All layers offered above are then ready.' : `The layer ${extra} is then ready.`}
      </p>
      <Button size="md" disabled={start.isPending} onClick={() => { start.mutate(); }}>
        Index {pictures(images)}
      </Button>
    </div>
  );
}

interface ProgressProps {
  job: Job;
  title: string;
  onEnd: () => void;
}

function Progress({ job: first, title, onEnd }: ProgressProps) {
  const { job, updated } = useJob(first);
  const announce = useAnnounce();
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onSettled: onEnd });
  const remaining = useRemaining(job, updated);

  useEffect(() => { announce(`Indexing with ${title}`); }, [announce, title]);
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    if (job.state === 'done' || job.state === 'cancelled') end();
  }, [job.state]);

  if (job.state === 'failed') {
    return <Trouble error={failure(job)} onRetry={onEnd} />;
  }
  return (
    <div className="panel">
      <h2>{title} is looking at the pictures</h2>
      <ProgressBar
        label={job.state === 'queued' ? 'Waiting for its turn' : 'Indexing'}
        helperText={job.total > 0 ? `${count(job.done)} of ${pictures(job.total)}${remaining}` : 'Starting'}
        {...(job.total > 0 ? { value: job.done, max: job.total } : {})}
      />
      <p>What is done stays done: you may leave this page, or cancel and go on later.</p>
      <Button kind="tertiary" size="md" disabled={cancel.isPending} onClick={() => { cancel.mutate(); }}>
        Cancel
      </Button>
    </div>
  );
}

/** Whether a job indexes what a search with these settings needs. */
function serves({ kind, arguments: asked }: Job, { dataset, model, pool }: Settings): boolean {
  return kind === 'index' && asked.dataset === dataset && asked.model === model && asked.pool === pool;
}

function without(jobs: Job[] | undefined, job: Job): Job[] {
  return jobs?.filter(({ id }) => id !== job.id) ?? [];
}

function failure({ error }: Job): ApiError {
  return new ApiError({
    status: 0,
    code: error?.code ?? 'unknown',
    title: 'Indexing failed',
    detail: error?.detail ?? 'The server did not say why.',
    hint: error?.hint ?? '',
  });
}

/** How long a job will still take, in words, from its speed since it was first seen; empty while unknown. */
function useRemaining({ done, total }: Job, updated: number): string {
  const [begin] = useState(() => ({ time: Date.now(), done }));
  if (done <= begin.done) return '';
  const perPicture = (updated - begin.time) / (done - begin.done);
  return `, about ${duration(Math.max((total - done) * perPicture, 1000))} left`;
}

import { Button } from '@carbon/react';
import { useQuery } from '@tanstack/react-query';
import { modelsQuery, startIndexing, type Settings } from '../../api/queries';
import type { Job } from '../../api/types';
import { useStartJob } from '../../api/use-start-job';
import { JobProgress } from '../../components/job-progress';
import { Trouble } from '../../components/trouble';
import { count, pictures } from '../../lib/format';

interface IndexingProps {
  settings: Settings;
  images: number;
  /** Called when a job has ended, in whatever way. */
  onDone: () => void;
}

/** Offers to index what the search needs, or shows the progress of the job that does. */
export function Indexing({ settings, images, onDone }: IndexingProps) {
  const model = useQuery(modelsQuery).data?.find(({ name }) => name === settings.model);
  const title = model?.title ?? settings.model;
  // A layer that is not one of the model's search layers has to be asked for by its name.
  const extra = settings.layer !== null && model?.search_layers.includes(settings.layer) === false ? settings.layer : null;
  const { pending, job, start, forget } = useStartJob((j) => serves(j, settings), () => startIndexing(settings, extra));

  if (pending) return <div className="panel" aria-busy><p>Looking at what is indexed</p></div>;
  if (start.error) {
    return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  }
  if (job) {
    return (
      <JobProgress
        key={job.id}
        job={job}
        heading={`${title} is looking at the pictures`}
        label="Indexing"
        steps={(done, total) => `${count(done)} of ${pictures(total)}`}
        failed="Indexing failed"
        onEnd={(ended) => {
          forget(ended);
          onDone();
        }}
      />
    );
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

/** Whether a job indexes what a search with these settings needs. */
function serves({ kind, arguments: asked }: Job, { dataset, model, pool }: Settings): boolean {
  return kind === 'index' && asked.dataset === dataset && asked.model === model && asked.pool === pool;
}

import { Button } from '@carbon/react';
import { useQueryClient } from '@tanstack/react-query';
import { datasetQuery, datasetsQuery, startPullDataset } from '../../api/queries';
import type { PublicDataset } from '../../api/types';
import { useStartJob } from '../../api/use-start-job';
import { JobProgress } from '../../components/job-progress';
import { Trouble } from '../../components/trouble';
import { count, megabytes, pictures } from '../../lib/format';

/** Offers to download a public dataset, or shows the progress of the job that does. */
export function Pulling({ set }: { set: PublicDataset }) {
  const cache = useQueryClient();
  const { pending, job, start, forget } = useStartJob(
    ({ kind, arguments: asked }) => kind === 'pull-dataset' && asked.dataset === set.name,
    () => startPullDataset(set.name),
  );

  if (pending) return <div className="panel" aria-busy><p>Looking for {set.title}</p></div>;
  if (start.error) {
    return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  }
  if (job) {
    return (
      <JobProgress
        key={job.id}
        job={job}
        heading={`${set.title} is on its way`}
        label="Downloading"
        steps={(done, total) => (
          set.bytes > 0 ? `${megabytes(done)} of ${megabytes(total)}` : `${count(done)} of ${pictures(total)}`
        )}
        failed={`${set.title} could not be downloaded`}
        onEnd={(ended) => {
          forget(ended);
          void cache.invalidateQueries({ queryKey: datasetsQuery.queryKey });
          void cache.invalidateQueries({ queryKey: datasetQuery(set.name).queryKey });
        }}
      />
    );
  }
  return (
    <div className="panel">
      <h2>{set.title} is not here yet</h2>
      <p>
        {set.description}. Licence: {set.licence}. <a href={set.source} rel="noreferrer">Source</a>
      </p>
      <Button size="md" disabled={start.isPending} onClick={() => { start.mutate(); }}>
        Download {pictures(set.images)}{set.bytes > 0 ? ` (${megabytes(set.bytes)})` : ''}
      </Button>
      <details className="by-hand">
        <summary>Without a connection</summary>
        <p>
          Elsewhere, {set.by_hand}. Then: <code>convnet datasets pull {set.name} --from FILE</code>
        </p>
      </details>
    </div>
  );
}

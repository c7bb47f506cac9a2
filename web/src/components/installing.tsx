import { Button } from '@carbon/react';
import { useQueryClient } from '@tanstack/react-query';
import { modelQuery, modelsQuery, startPull } from '../api/queries';
import type { ModelSummary } from '../api/types';
import { useStartJob } from '../api/use-start-job';
import { JobProgress } from './job-progress';
import { Trouble } from './trouble';
import { megabytes } from '../lib/format';

/** Offers to install a model whose weights are not here, or shows the progress of the job that does. */
export function Installing({ model }: { model: ModelSummary }) {
  const cache = useQueryClient();
  const { pending, job, start, forget } = useStartJob(
    ({ kind, arguments: asked }) => kind === 'pull' && asked.model === model.name,
    () => startPull(model.name),
  );

  if (pending) return <div className="panel" aria-busy><p>Looking for {model.title}</p></div>;
  if (start.error) {
    return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  }
  if (job) {
    return (
      <JobProgress
        key={job.id}
        job={job}
        heading={`${model.title} is on its way`}
        label="Downloading"
        steps={(done, total) => `${megabytes(done)} of ${megabytes(total)}`}
        failed={`${model.title} could not be installed`}
        onEnd={(ended) => {
          forget(ended);
          void cache.invalidateQueries(modelsQuery);
          void cache.invalidateQueries(modelQuery(model.name));
        }}
      />
    );
  }
  return (
    <div className="panel">
      <h2>{model.title} is not installed</h2>
      {model.pullable ? (
        <>
          <p>
            Its official weights, about {megabytes(4 * model.parameters)}, come from the address that Keras uses. They are
            checked before they are installed, and stay on this machine.
          </p>
          <Button size="md" disabled={start.isPending} onClick={() => { start.mutate(); }}>
            Install {model.title}
          </Button>
        </>
      ) : (
        <p>
          Its weights have no address that this program knows. Get them by hand, then use{' '}
          <code>convnet models import FILE --as {model.name}</code>.
        </p>
      )}
    </div>
  );
}

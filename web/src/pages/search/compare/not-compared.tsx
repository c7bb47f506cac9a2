import { Button } from '@carbon/react';
import { startIndexing } from '../../../api/queries';
import type { Job, MissingLayers, ModelSummary } from '../../../api/types';
import { useStartJob } from '../../../api/use-start-job';
import { JobProgress } from '../../../components/job-progress';
import { Trouble } from '../../../components/trouble';
import { sentence } from '../../../api/problem';
import { count, pictures } from '../../../lib/format';
import type { View } from '../../../state/view';
import { layers } from './words';

interface NotComparedProps {
  missing: MissingLayers;
  model: ModelSummary;
  view: View;
  /** Number of pictures of the dataset. */
  images: number;
  onIndexed: () => void;
}

/** The layers of a model that a comparison is without: why, or the way to index them. */
export function NotCompared({ missing, model, view, images, onIndexed }: NotComparedProps) {
  if (missing.reason === '') return <ToIndex model={model} missing={missing} view={view} images={images} onIndexed={onIndexed} />;
  const what = missing.layers.length === 0 ? 'Left out' : `${layers(missing.layers.length)} left out`;
  return <p className="chart__note">{what}: {sentence(missing.reason)}.</p>;
}

function ToIndex({ missing, model, view, images, onIndexed }: NotComparedProps) {
  const { dataset, pool } = view;
  const serves = ({ kind, arguments: asked }: Job) =>
    kind === 'index' && asked.dataset === dataset && asked.model === model.name && asked.pool === pool;
  const { pending, job, start, forget } = useStartJob(serves, () => startIndexing({ dataset, model: model.name, pool }, null));
  if (start.error) return <Trouble error={start.error} onRetry={() => { start.mutate(); }} />;
  if (job) {
    return (
      <JobProgress
        key={job.id}
        job={job}
        heading={`${model.title} is looking at the pictures`}
        label="Indexing"
        steps={(done, total) => `${count(done)} of ${pictures(total)}`}
        failed="Indexing failed"
        onEnd={(ended) => {
          forget(ended);
          onIndexed();
        }}
      />
    );
  }
  return (
    <div className="chart__note">
      <p>{layers(missing.layers.length)} not indexed yet.</p>
      <Button
        kind="tertiary"
        size="sm"
        disabled={pending || start.isPending}
        title={`${model.title} looks at every picture once`}
        onClick={() => { start.mutate(); }}
      >
        Index {pictures(images)}
      </Button>
    </div>
  );
}

import { Button, ProgressBar } from '@carbon/react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { hasEnded, useJob } from '../api/jobs';
import { ApiError, sentence } from '../api/problem';
import { cancelJob } from '../api/queries';
import type { Job } from '../api/types';
import { duration } from '../lib/format';
import { useAnnounce } from './announcer';
import { Trouble } from './trouble';

interface JobProgressProps {
  job: Job;
  /** What is going on, as a sentence. */
  heading: string;
  /** What the bar measures: "Indexing". */
  label: string;
  /** How far it is, of what is done and the total. */
  steps: (done: number, total: number) => string;
  /** The title of a failure. */
  failed: string;
  /** Called when the job has ended, in whatever way. */
  onEnd: (job: Job) => void;
}

/** A job at work, with its cancel button. */
export function JobProgress({ job: first, heading, label, steps, failed, onEnd }: JobProgressProps) {
  const { job, updated } = useJob(first);
  const announce = useAnnounce();
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onSettled: () => { onEnd(job); } });
  const remaining = useRemaining(job, updated);

  useEffect(() => { announce(heading); }, [announce, heading]);
  const end = useEffectEvent(() => { onEnd(job); });
  useEffect(() => {
    if (hasEnded(job) && job.state !== 'failed') end();
  }, [job]);

  if (job.state === 'failed') {
    return <Trouble error={failure(job, failed)} onRetry={() => { onEnd(job); }} />;
  }
  return (
    <div className="panel">
      <h2>{heading}</h2>
      <ProgressBar
        label={job.state === 'queued' ? 'Waiting for its turn' : label}
        helperText={job.total > 0 ? `${steps(job.done, job.total)}${remaining}` : 'Starting'}
        {...(job.total > 0 ? { value: job.done, max: job.total } : {})}
      />
      <p>What is done stays done: you may leave this page, or cancel and go on later.</p>
      <Button kind="tertiary" size="md" disabled={cancel.isPending} onClick={() => { cancel.mutate(); }}>
        Cancel
      </Button>
    </div>
  );
}

function failure({ error }: Job, title: string): ApiError {
  return new ApiError({
    status: 0,
    code: error?.code ?? 'unknown',
    title,
    detail: sentence(error?.detail ?? 'the server did not say why'),
    hint: sentence(error?.hint ?? ''),
  });
}

/** How long a job will still take, in words, from its speed since it was first seen; empty while unknown. */
function useRemaining({ done, total }: Job, updated: number): string {
  const [begin] = useState(() => ({ time: Date.now(), done }));
  if (done <= begin.done) return '';
  const perStep = (updated - begin.time) / (done - begin.done);
  return `, about ${duration(Math.max((total - done) * perStep, 1000))} left`;
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { eventsAddress } from './addresses';
import { jobQuery } from './queries';
import type { Job } from './types';

/** Whether nothing more will happen to a job. */
export function hasEnded({ state }: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

const events = ['progress', 'done', 'failed', 'cancelled'];
const poll = 1000;

/**
 * Follows a job by its events, and by asking again where the stream is broken.
 * Also tells when the job was heard of last, in milliseconds since 1970.
 */
export function useJob(first: Job): { job: Job; updated: number } {
  const { id } = first;
  const cache = useQueryClient();
  const [streaming, setStreaming] = useState(true);
  const { data, dataUpdatedAt } = useQuery({
    ...jobQuery(id),
    initialData: first,
    refetchInterval: ({ state }) => (streaming || (state.data && hasEnded(state.data)) ? false : poll),
  });

  useEffect(
    () => followJob(id, {
      take: (job) => { cache.setQueryData(jobQuery(id).queryKey, job); },
      streaming: setStreaming,
    }),
    [cache, id],
  );

  return { job: data, updated: dataUpdatedAt };
}

interface Follower {
  /** Told every state that arrives, the last one too. */
  take: (job: Job) => void;
  /** Told when the stream breaks, and when it is there again. */
  streaming?: (open: boolean) => void;
  /** Told when there is no stream to be had: the job is not known. */
  lost?: () => void;
}

/** Follows a job by its events until it has ended, or the function that is returned is called. */
export function followJob(id: string, { take, streaming, lost }: Follower): () => void {
  const source = new EventSource(eventsAddress(id));
  const hear = (event: MessageEvent<string>) => {
    const job = JSON.parse(event.data) as Job;
    if (hasEnded(job)) source.close();
    take(job);
  };
  for (const name of events) source.addEventListener(name, hear);
  source.onopen = () => { streaming?.(true); };
  source.onerror = () => {
    streaming?.(false);
    if (source.readyState === EventSource.CLOSED) lost?.();
  };
  return () => { source.close(); };
}

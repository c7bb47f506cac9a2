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

  useEffect(() => {
    const source = new EventSource(eventsAddress(id));
    const take = (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      cache.setQueryData(jobQuery(id).queryKey, job);
      if (hasEnded(job)) source.close();
    };
    for (const name of events) source.addEventListener(name, take);
    source.onopen = () => { setStreaming(true); };
    source.onerror = () => { setStreaming(false); };
    return () => { source.close(); };
  }, [cache, id]);

  return { job: data, updated: dataUpdatedAt };
}

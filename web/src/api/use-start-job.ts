import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { hasEnded } from './jobs';
import { jobsQuery } from './queries';
import type { Job } from './types';

/**
 * The job at work that serves a purpose, and the way to start it where there is
 * none. Call forget when it has ended.
 */
export function useStartJob(serves: (job: Job) => boolean, begin: () => Promise<Job>) {
  const cache = useQueryClient();
  const jobs = useQuery({ ...jobsQuery, staleTime: 0 });
  const start = useMutation({
    mutationFn: begin,
    onSuccess: (job) => { cache.setQueryData(jobsQuery.queryKey, (all) => [job, ...without(all, job)]); },
  });
  return {
    pending: jobs.isPending,
    job: jobs.data?.find((candidate) => !hasEnded(candidate) && serves(candidate)),
    start,
    forget: (job: Job) => { cache.setQueryData(jobsQuery.queryKey, (all) => without(all, job)); },
  };
}

function without(jobs: Job[] | undefined, job: Job): Job[] {
  return jobs?.filter(({ id }) => id !== job.id) ?? [];
}

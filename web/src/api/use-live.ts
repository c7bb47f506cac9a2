import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { followJob } from './jobs';
import type { Job } from './types';

/** How far work is that shows itself on its way. */
export type Progress<Result, View> =
  | { kind: 'waiting' }
  /** cut: the server does not answer, and is waited for. */
  | { kind: 'running'; view: View; cut: boolean }
  | { kind: 'stopped'; view: View | null }
  | { kind: 'done'; result: Result }
  | { kind: 'failed'; error: unknown };

export interface Live<Result, View> {
  progress: Progress<Result, View>;
  /** Leaves the job, which ends unless somebody else looks at it; what is there stays. */
  stop: () => void;
  /** Goes on, or tries again. */
  go: () => void;
}

/** Work that the server keeps the result of, and else does as a job. */
interface Work<Result, View> {
  /** Tells the work from all other. */
  key: readonly [kind: string, what: string];
  enabled?: boolean;
  /** Asks for the result: one that is kept comes at once, else the job that makes it. */
  ask: (signal: AbortSignal) => Promise<{ result?: Result | undefined; job?: Job | undefined }>;
  /** What a job shows of the work, if anything yet. */
  viewOf: (job: Job) => View | undefined;
  /** Why a job failed. */
  failureOf: (job: Job) => unknown;
  /** Whether to ask again after a failure; shown says that a view of the work is there. */
  retry: (failures: number, reason: unknown, shown: boolean) => boolean;
}

const rejoin = 500;

/** Has work done and follows it. The server ends a job that nobody follows any more. */
export function useLive<Result, View>(work: Work<Result, View>): Live<Result, View> {
  const key = work.key.join(' ');
  const [stopped, setStopped] = useState<string | null>(null);
  const [live, setLive] = useState<{ key: string; view: View | null; error: unknown } | null>(null);
  const [cut, setCut] = useState(false);
  const mine = live?.key === key ? live : null;
  const { data, error, failureReason, refetch } = useQuery({
    queryKey: work.key,
    queryFn: ({ signal }) => work.ask(signal),
    enabled: work.enabled !== false && stopped !== key,
    // A job that was left has ended by now; a result stays what it is.
    staleTime: ({ state }) => (state.data?.result ? Infinity : 0),
    // Comparing a large result with itself would take longer than drawing it.
    structuralSharing: false,
    retry: (failures, reason) => work.retry(failures, reason, mine !== null && mine.view !== null),
    retryDelay: 1000,
  });
  const job = data?.result || stopped === key ? undefined : data?.job?.id;
  const again = useEffectEvent(() => void refetch());
  const viewOf = useEffectEvent(work.viewOf);
  const failureOf = useEffectEvent(work.failureOf);

  useEffect(() => {
    if (job === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Work may show itself faster than it can be drawn: of the views that arrive the newest is shown.
    let [view, next] = [null as View | null, 0];
    const show = () => {
      next = 0;
      setLive({ key, view, error: null });
    };
    const later = () => { timer = setTimeout(again, rejoin); };
    const leave = followJob(job, {
      take: (now) => {
        const seen = viewOf(now);
        if (seen !== undefined) {
          view = seen;
          if (next === 0) next = requestAnimationFrame(show);
        }
        if (now.state === 'done') again();
        if (now.state === 'failed') {
          cancelAnimationFrame(next);
          setLive({ key, view: null, error: failureOf(now) });
        }
        // It was ended while we joined it.
        if (now.state === 'cancelled') later();
      },
      streaming: (open) => { setCut(!open); },
      lost: later,
    });
    return () => {
      leave();
      cancelAnimationFrame(next);
      setCut(false);
      clearTimeout(timer);
    };
  }, [job, key]);

  return {
    progress: progressOf(),
    stop: () => { setStopped(key); },
    go: () => {
      setLive(null);
      setStopped(null);
      void refetch();
    },
  };

  function progressOf(): Progress<Result, View> {
    if (data?.result) return { kind: 'done', result: data.result };
    if (error) return { kind: 'failed', error };
    if (mine?.error) return { kind: 'failed', error: mine.error };
    if (stopped === key) return { kind: 'stopped', view: mine?.view ?? null };
    if (mine?.view) return { kind: 'running', view: mine.view, cut: cut || failureReason !== null };
    return { kind: 'waiting' };
  }
}

import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { followJob } from '../../api/jobs';
import { isBusy, renderFailure, startRendering, type Subject } from '../../api/renderings';
import type { Rendering, RenderView } from '../../api/types';
import type { Recipe } from '../../state/explore';

/** How far a rendering is. */
export type Progress =
  | { kind: 'idle' }
  | { kind: 'waiting' }
  | { kind: 'running'; view: RenderView }
  | { kind: 'stopped'; view: RenderView | null }
  | { kind: 'done'; rendering: Rendering }
  | { kind: 'failed'; error: unknown };

export interface Live {
  progress: Progress;
  /** Leaves the rendering, which ends unless somebody else looks at it; what is there stays. */
  stop: () => void;
  /** Goes on, or tries again. */
  go: () => void;
}

const rejoin = 500;

/** Renders a channel and follows it; null stands for no channel. The server ends one that nobody follows any more. */
export function useRendering(subject: Subject | null, recipe: Recipe): Live {
  const key = JSON.stringify([subject, recipe]);
  const [stopped, setStopped] = useState<string | null>(null);
  const [live, setLive] = useState<{ key: string; view: RenderView | null; error: unknown } | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['rendering', key],
    queryFn: ({ signal }) => {
      if (!subject) throw new Error('there is no channel to render');
      return startRendering(subject, recipe, 'interactive', signal);
    },
    enabled: subject !== null && stopped !== key,
    // A job that was left has ended by now; a picture stays what it is.
    staleTime: ({ state }) => (state.data?.rendering ? Infinity : 0),
    retry: (failures, reason) => isBusy(reason) && failures < 60,
    retryDelay: 1000,
  });
  const job = data?.rendering || stopped === key ? undefined : data?.job?.id;
  const again = useEffectEvent(() => void refetch());

  useEffect(() => {
    if (job === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => { timer = setTimeout(again, rejoin); };
    const leave = followJob(job, {
      take: (now) => {
        if (now.render) setLive({ key, view: now.render, error: null });
        if (now.state === 'done') again();
        if (now.state === 'failed') setLive({ key, view: null, error: renderFailure(now) });
        // It was ended while we joined it.
        if (now.state === 'cancelled') later();
      },
      lost: later,
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [job, key]);

  const mine = live?.key === key ? live : null;
  return {
    progress: progressOf(),
    stop: () => { setStopped(key); },
    go: () => {
      setLive(null);
      setStopped(null);
      void refetch();
    },
  };

  function progressOf(): Progress {
    if (subject === null) return { kind: 'idle' };
    if (data?.rendering) return { kind: 'done', rendering: data.rendering };
    if (error) return { kind: 'failed', error };
    if (mine?.error) return { kind: 'failed', error: mine.error };
    if (stopped === key) return { kind: 'stopped', view: mine?.view ?? null };
    if (mine?.view) return { kind: 'running', view: mine.view };
    return { kind: 'waiting' };
  }
}

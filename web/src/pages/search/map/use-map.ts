import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { followJob } from '../../../api/jobs';
import { mapFailure, mapKey, startMap, type MapRequest } from '../../../api/maps';
import { asApiError } from '../../../api/problem';
import { isBusy } from '../../../api/renderings';
import type { FinishedMap, MapView } from '../../../api/types';

/** How far a map is. */
export type Progress =
  | { kind: 'waiting' }
  | { kind: 'settling'; frame: MapView; cut: boolean }
  | { kind: 'stopped'; frame: MapView | null }
  | { kind: 'done'; map: FinishedMap }
  | { kind: 'failed'; error: unknown };

export interface Live {
  progress: Progress;
  /** Leaves the job, which ends unless somebody else looks at it; what is there stays. */
  stop: () => void;
  /** Goes on, or tries again. */
  go: () => void;
}

const rejoin = 500;

/** Has a map made and follows how it settles. The server ends a job that nobody follows any more. */
export function useMap(request: MapRequest): Live {
  const key = mapKey(request);
  const [stopped, setStopped] = useState<string | null>(null);
  const [live, setLive] = useState<{ key: string; frame: MapView | null; error: unknown } | null>(null);
  const [cut, setCut] = useState(false);
  const settles = live?.key === key && live.frame !== null;
  const { data, error, failureReason, refetch } = useQuery({
    queryKey: ['map', key],
    queryFn: ({ signal }) => startMap(request, signal),
    enabled: stopped !== key,
    // A job that was left has ended by now; a map stays what it is.
    staleTime: ({ state }) => (state.data?.map ? Infinity : 0),
    // Comparing the places of a large map with themselves would take longer than drawing them.
    structuralSharing: false,
    // What is there already waits for a server that is gone, however long.
    retry: (failures, reason) => (isUnreachable(reason) ? settles || failures < 2 : isBusy(reason) && failures < 60),
    retryDelay: 1000,
  });
  const job = data?.map || stopped === key ? undefined : data?.job?.id;
  const again = useEffectEvent(() => void refetch());

  useEffect(() => {
    if (job === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // A small map settles faster than it can be drawn: of the frames that arrive the newest is shown.
    let [frame, next] = [null as MapView | null, 0];
    const show = () => {
      next = 0;
      setLive({ key, frame, error: null });
    };
    const later = () => { timer = setTimeout(again, rejoin); };
    const leave = followJob(job, {
      take: (now) => {
        if (now.map) {
          frame = now.map;
          if (next === 0) next = requestAnimationFrame(show);
        }
        if (now.state === 'done') again();
        if (now.state === 'failed') {
          cancelAnimationFrame(next);
          setLive({ key, frame: null, error: mapFailure(now) });
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
    if (data?.map) return { kind: 'done', map: data.map };
    if (error) return { kind: 'failed', error };
    if (mine?.error) return { kind: 'failed', error: mine.error };
    if (stopped === key) return { kind: 'stopped', frame: mine?.frame ?? null };
    if (mine?.frame) return { kind: 'settling', frame: mine.frame, cut: cut || failureReason !== null };
    return { kind: 'waiting' };
  }
}

function isUnreachable(reason: unknown): boolean {
  return asApiError(reason).code === 'unreachable';
}

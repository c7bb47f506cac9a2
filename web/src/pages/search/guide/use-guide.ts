import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { recall, remember } from '../../../state/memory';
import type { Topic } from './topics';

export interface GuideState {
  /** What the guide shows: its beginning, or one of its topics; null while it is closed. */
  shown: 'start' | Topic | null;
  open: (at: 'start' | Topic) => void;
  close: () => void;
}

/** The guide, open where somebody comes for the first time and has not followed a link to something. */
export function useGuide(): GuideState {
  const { history } = useRouter();
  const [shown, setShown] = useState<GuideState['shown']>(() =>
    (recall('welcomed') === null && history.location.search === '' ? 'start' : null));
  return {
    shown,
    open: setShown,
    close: () => {
      remember('welcomed', '1');
      setShown(null);
    },
  };
}

import { isBusy, renderFailure, startRendering, type Subject } from '../../api/renderings';
import type { Rendering, RenderView } from '../../api/types';
import * as live from '../../api/use-live';
import type { Recipe } from '../../state/explore';

/** A rendering, and how far it is; idle where there is no channel. */
export interface Live extends Omit<live.Live<Rendering, RenderView>, 'progress'> {
  progress: live.Progress<Rendering, RenderView> | { kind: 'idle' };
}

/** Renders a channel and follows it; null stands for no channel. */
export function useRendering(subject: Subject | null, recipe: Recipe): Live {
  const work = live.useLive({
    key: ['rendering', JSON.stringify([subject, recipe])],
    enabled: subject !== null,
    ask: async (signal) => {
      if (!subject) throw new Error('there is no channel to render');
      const { rendering, job } = await startRendering(subject, recipe, 'interactive', signal);
      return { result: rendering, job };
    },
    viewOf: ({ render }) => render,
    failureOf: renderFailure,
    retry: (failures, reason) => isBusy(reason) && failures < 60,
  });
  return subject === null ? { ...work, progress: { kind: 'idle' } } : work;
}

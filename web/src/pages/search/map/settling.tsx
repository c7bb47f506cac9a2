import { Button, ProgressBar } from '@carbon/react';
import type { Live } from './use-map';

interface SettlingProps {
  live: Live;
  /** The layer whose map is asked for; null while it is not known. */
  layer: string | null;
}

/** How far a map is that still settles, with the way to stop it. */
export function Settling({ live: { progress, stop, go }, layer }: SettlingProps) {
  switch (progress.kind) {
    case 'waiting':
      return (
        <div className="settling" aria-busy>
          <ProgressBar label="Finding each picture’s neighbours" size="small" />
          <Button kind="ghost" size="sm" onClick={stop}>Stop</Button>
        </div>
      );
    case 'running': {
      const { epoch, epochs, layer: now } = progress.view;
      const before = layer !== null && now !== layer;
      return (
        <div className="settling" aria-busy>
          <ProgressBar
            label={before ? `First the map of ${now}, to turn this one to` : 'The pictures find their places'}
            helperText={progress.cut ? 'The server does not answer; waiting for it' : `${epoch} of ${epochs} rounds`}
            size="small"
            value={epoch}
            max={epochs}
          />
          <Button kind="ghost" size="sm" onClick={stop}>Stop</Button>
        </div>
      );
    }
    case 'stopped':
      return (
        <div className="settling">
          <p>Stopped before the map was finished.</p>
          <Button kind="tertiary" size="sm" onClick={go}>Go on</Button>
        </div>
      );
    default:
      return null;
  }
}

import { useCallback, useEffect, useEffectEvent, useMemo, type KeyboardEvent, type ReactNode } from 'react';
import type { MapSettings } from '../../../state/map';
import { listenToPointers } from './gestures';
import { Keys } from './keys';
import { Plane, type Listeners, type Tool } from './plane';

interface PlaneViewProps {
  plane: Plane | null;
  /** Gets the plane when there is one, and null when it is gone. */
  onPlane: (plane: Plane | null) => void;
  label: string;
  tool: Tool;
  /** Whether what is shown is of the settings before. */
  stale: boolean;
  onOpen: Listeners['open'];
  onSelect: Listeners['select'];
  onReach: Listeners['reach'];
  /** Called some time after the map was moved last. */
  onLook: (camera: MapSettings['camera']) => void;
  children: ReactNode;
}

const rest = 400; // milliseconds

/** The map itself: one tab stop, worked by pointer and by keyboard. */
export function PlaneView({ plane, onPlane, label, tool, stale, onOpen, onSelect, onReach, onLook, children }: PlaneViewProps) {
  const attach = useCallback((host: HTMLDivElement) => {
    const opened = new Plane(host);
    onPlane(opened);
    return () => {
      opened.close();
      onPlane(null);
    };
  }, [onPlane]);

  const currentTool = useEffectEvent(() => tool);
  const looked = useEffectEvent(onLook);
  useEffect(() => {
    if (!plane) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    plane.listen({
      open: onOpen,
      select: onSelect,
      reach: onReach,
      // Every wheel's turn in the address would be too much for the browser.
      look: (camera) => {
        clearTimeout(timer);
        timer = setTimeout(() => { looked(camera); }, rest);
      },
    });
    return () => { clearTimeout(timer); };
  }, [plane, onOpen, onSelect, onReach]);
  useEffect(() => (plane ? listenToPointers(plane, () => currentTool()) : undefined), [plane]);

  const keys = useMemo(() => plane && new Keys(plane), [plane]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (keys?.press(event) === true) event.preventDefault();
  };

  return (
    <div className="plane">
      <div
        ref={attach}
        className={`plane__host plane__host--${tool}${stale ? ' plane__host--stale' : ''}`}
        // A screen reader's own keys would take the letters and arrows otherwise.
        role="application"
        aria-roledescription="map"
        aria-label={label}
        aria-describedby="map-help"
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => { plane?.point(null); }}
      />
      {children}
      <p id="map-help" className="map__help">
        Drag to move, turn the wheel or pinch to zoom, click a picture to search with it.{' '}
        <span className="map__keys">
          Shift and a drag draw a lasso. By keyboard: arrows move, + and − zoom, 0 shows all; n and p go to the next nearest
          picture and back, Shift with an arrow to the next one in that direction, Enter searches, Escape lets go.
        </span>
      </p>
    </div>
  );
}

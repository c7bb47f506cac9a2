import { rectangle, type Point } from './lasso';
import type { Plane, Tool } from './plane';

const still = 4; // pixels that a pointer may stray in a click
const scrolling = 250; // milliseconds after which a turn of the wheel is no longer the one that scrolled the page

/**
 * What pointers and the wheel do on the map: drag, pinch, turn, click, and draw
 * with the tool that is chosen. tool is asked whenever something begins.
 */
export function listenToPointers(plane: Plane, tool: () => Tool): () => void {
  const { host } = plane;
  const pointers = new Map<number, Point>();
  let drag: Drag | null = null;
  let scrolled = -Infinity;

  const at = (event: MouseEvent): Point => {
    const { left, top } = host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const place = at(event);
    pointers.set(event.pointerId, place);
    host.setPointerCapture(event.pointerId);
    if (pointers.size === 1) drag = dragOf(plane, event.shiftKey ? 'lasso' : tool(), place);
    else if (pointers.size === 2) {
      drag?.end(null);
      drag = pinchOf(plane, pointers);
    }
  };

  const move = (event: PointerEvent) => {
    const place = at(event);
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== 'touch') plane.point(plane.pick(place));
      return;
    }
    pointers.set(event.pointerId, place);
    drag?.move(place);
  };

  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    const place = at(event);
    const ended = drag;
    drag = null;
    ended?.end(event.type === 'pointerup' ? place : null);
    if (event.type === 'pointerup' && ended?.wasClick === true) click(place, event.pointerType === 'touch');
  };

  // A finger cannot hover: its first tap shows what the second opens.
  const click = (place: Point, touch: boolean) => {
    const image = plane.pick(place);
    if (image === null) {
      plane.point(null);
      if (plane.hasCaught) plane.letGo();
    } else if (touch && plane.pointed !== image) plane.point(image);
    else plane.openPicture(image);
  };

  const leave = () => {
    if (pointers.size === 0 && document.activeElement !== host) plane.point(null);
  };

  const wheel = (event: WheelEvent) => {
    // What began as scrolling goes on as such, and where there is nothing to zoom out of the page scrolls.
    if (performance.now() - scrolled < scrolling && !event.ctrlKey) {
      scrolled = performance.now();
      return;
    }
    if (event.deltaY > 0 && plane.seesAll && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    plane.zoomBy(2 ** (-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.003)), at(event));
  };

  const twice = (event: MouseEvent) => {
    if (tool() === 'move' && plane.pick(at(event)) === null) plane.zoomBy(2, at(event));
  };

  const elsewhere = ({ target }: WheelEvent) => {
    if (target instanceof Node && !host.contains(target)) scrolled = performance.now();
  };

  host.addEventListener('pointerdown', down);
  host.addEventListener('pointermove', move);
  host.addEventListener('pointerup', up);
  host.addEventListener('pointercancel', up);
  host.addEventListener('pointerleave', leave);
  host.addEventListener('wheel', wheel, { passive: false });
  host.addEventListener('dblclick', twice);
  document.addEventListener('wheel', elsewhere, { passive: true });
  return () => {
    host.removeEventListener('pointerdown', down);
    host.removeEventListener('pointermove', move);
    host.removeEventListener('pointerup', up);
    host.removeEventListener('pointercancel', up);
    host.removeEventListener('pointerleave', leave);
    host.removeEventListener('wheel', wheel);
    host.removeEventListener('dblclick', twice);
    document.removeEventListener('wheel', elsewhere);
  };
}

/** A movement of pointers that are held down. */
interface Drag {
  move: (to: Point) => void;
  /** Ends it where it is; null gives it up. */
  end: (at: Point | null) => void;
  /** Whether it has not strayed from where it began. */
  readonly wasClick: boolean;
}

function dragOf(plane: Plane, tool: Tool, from: Point): Drag {
  const trace = [from];
  let strayed = false;
  const corners = () => (tool === 'box' ? rectangle(from, trace.at(-1) ?? from) : trace);
  return {
    move(to) {
      strayed ||= Math.hypot(to.x - from.x, to.y - from.y) > still;
      if (!strayed) return;
      const before = trace.at(-1) ?? from;
      trace.push(to);
      if (tool === 'move') plane.panBy(to.x - before.x, to.y - before.y);
      else plane.draw(corners());
    },
    end(at) {
      if (tool === 'move' || !strayed) return;
      if (at) plane.catch(corners());
      else plane.draw([]);
    },
    get wasClick() {
      return !strayed;
    },
  };
}

function pinchOf(plane: Plane, pointers: ReadonlyMap<number, Point>): Drag {
  const grip = () => {
    const [a, b] = [...pointers.values()];
    if (!a || !b) return null;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) };
  };
  let before = grip();
  return {
    move() {
      const now = grip();
      if (before && now) {
        plane.panBy(now.x - before.x, now.y - before.y);
        plane.zoomBy(now.apart / before.apart, now);
      }
      before = now;
    },
    end() {
      before = null;
    },
    wasClick: false,
  };
}

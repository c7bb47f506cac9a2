import { useEffect, useEffectEvent } from 'react';

/** What has a use of its own for the arrow keys. */
const ownArrows = 'input, select, textarea, summary, dialog, [role="slider"], [role="grid"], [role="tab"], [role="table"], [role="application"], [contenteditable]';

/** Arrow keys to the left and right go through the picker that was used last, wherever the focus is. */
export function usePickerKeys<Picker>(last: Picker, cycle: (picker: Picker, step: number) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest(ownArrows)) return;
    event.preventDefault();
    cycle(last, step);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => { onKey(event); };
    document.addEventListener('keydown', listen);
    return () => { document.removeEventListener('keydown', listen); };
  }, []);
}

/** The name after or before one, going round at the ends; of a name that is not among them, the first or last. */
export function cycled<T>(all: readonly T[], at: T, step: number): T {
  const i = all.indexOf(at);
  const next = i < 0 ? Math.min(step, 0) : i + step;
  return all.at(next % all.length) ?? at;
}

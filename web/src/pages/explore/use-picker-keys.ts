import { useEffect, useEffectEvent } from 'react';

export type PickerName = 'model' | 'layer' | 'channel';

/** What has a use of its own for the arrow keys. */
const ownArrows = 'input, select, textarea, summary, [role="slider"], [role="grid"], [role="tab"], [role="table"], [contenteditable]';

/** Arrow keys to the left and right go through the picker that was used last, wherever the focus is. */
export function usePickerKeys(last: PickerName, cycle: (picker: PickerName, step: number) => void): void {
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

import { Close } from '@carbon/icons-react';
import { useId, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import '../styles/dialog.scss';

interface DialogProps {
  title: string;
  /** Called by Escape, by the cross, and by a click beside the dialog. */
  onClose: () => void;
  children: ReactNode;
  /** Stands below, always in view; the focus begins at its button. */
  actions: ReactNode;
}

/** A window over the page, which waits for it: the focus stays within, and returns to where it was. */
export function Dialog({ title, onClose, children, actions }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('.dialog__foot button')?.focus({ preventScroll: true });
    return () => { element?.close(); };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => { if (event.target === dialog.current) onClose(); }}
      onKeyDown={goRound}
    >
      <div className="dialog__frame">
        <header className="dialog__head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="dialog__close" aria-label="Close" onClick={onClose}><Close size={20} /></button>
        </header>
        <div className="dialog__body">{children}</div>
        <footer className="dialog__foot">{actions}</footer>
      </div>
    </dialog>
  );
}

/** Browsers lead from the last stop to their own buttons; here it goes on with the first. */
function goRound(event: KeyboardEvent<HTMLDialogElement>): void {
  if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), summary, input, select')]
    .filter((element) => element.checkVisibility());
  const [first, last] = [stops[0], stops.at(-1)];
  const [edge, next] = event.shiftKey ? [first, last] : [last, first];
  if (document.activeElement !== edge) return;
  event.preventDefault();
  next?.focus();
}

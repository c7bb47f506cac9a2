import { Button } from '@carbon/react';

interface ProgressProps {
  /** How far it is: "5 layers compared". */
  told: string;
  ended: boolean;
  running: boolean;
  onCancel: () => void;
  onAgain: () => void;
}

/** How far a comparison is, with the button that cancels it or begins it again. */
export function Progress({ told, ended, running, onCancel, onAgain }: ProgressProps) {
  return (
    <div className="compare__progress">
      <p aria-busy={running}>{running ? `${told} so far` : ended ? told : `${told}; there may be more`}</p>
      {running ? (
        <Button kind="ghost" size="sm" onClick={onCancel}>Cancel</Button>
      ) : (
        <Button kind="ghost" size="sm" onClick={onAgain}>{ended ? 'Compare again' : 'Go on'}</Button>
      )}
    </div>
  );
}

import { ErrorFilled } from '@carbon/icons-react';
import { Button } from '@carbon/react';
import type { ReactNode } from 'react';
import { asApiError } from '../api/problem';

interface TroubleProps {
  error: unknown;
  /** Called by the Retry button; without it there is none. */
  onRetry?: () => void;
  /** Further ways out, beside Retry. */
  children?: ReactNode;
}

/** Says what failed, why, and what can be done about it. */
export function Trouble({ error, onRetry, children }: TroubleProps) {
  const { status, code, title, detail, hint } = asApiError(error);
  if (code === 'not_exported') return <NotHere title={title} detail={detail}>{children}</NotHere>;
  // Asking again is the best way out only where the request itself was right.
  const transient = status === 0 || status >= 500;
  return (
    <div className="panel panel--error" role="alert">
      <h2 className="panel__title">
        <ErrorFilled size={20} aria-hidden />
        {title}
      </h2>
      {detail === '' ? null : <p>{detail}</p>}
      {hint === '' ? null : <p>{hint}</p>}
      <div className="panel__actions">
        {onRetry && transient ? <Button size="md" onClick={onRetry}>Retry</Button> : null}
        {children}
        {onRetry && !transient ? <Button size="md" kind="ghost" onClick={onRetry}>Retry</Button> : null}
      </div>
    </div>
  );
}

interface NotHereProps {
  title: string;
  detail: string;
  children?: ReactNode;
}

/** What an exported copy is without: nothing went wrong, and asking again would not help. */
function NotHere({ title, detail, children }: NotHereProps) {
  return (
    <div className="panel not-here" role="status">
      <h2>{title}</h2>
      {detail === '' ? null : <p>{detail}</p>}
      {children ? <div className="panel__actions">{children}</div> : null}
    </div>
  );
}

import { createContext, use, useCallback, useState, type ReactNode } from 'react';

const Announce = createContext<(message: string) => void>(() => undefined);

/** Lets everything below speak to screen readers through one polite live region. */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [message, setMessage] = useState('');
  const announce = useCallback((next: string) => {
    // A message that repeats is only read again when the text differs.
    setMessage((last) => (last === next ? `${next}\u00a0` : next));
  }, []);
  return (
    <Announce value={announce}>
      {children}
      <div role="status" className="visually-hidden">{message}</div>
    </Announce>
  );
}

/** Returns the function that speaks a message. */
export function useAnnounce(): (message: string) => void {
  return use(Announce);
}

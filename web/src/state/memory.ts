/** What the browser remembers from visit to visit, each under a key of its own. */
type Key = 'advanced' | 'welcomed';

/** What is remembered; null where nothing is, or where the browser keeps nothing. */
export function recall(key: Key): string | null {
  try {
    return localStorage.getItem(`convnet.${key}`);
  } catch {
    return null;
  }
}

/** Remembers a value, where the browser lets us. */
export function remember(key: Key, value: string): void {
  try {
    localStorage.setItem(`convnet.${key}`, value);
  } catch {
    // The page works without: it only asks again.
  }
}

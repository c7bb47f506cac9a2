import { exported } from './site';

/** Loads a sheet of small pictures from its address. */
export async function fetchSheet(address: string, signal: AbortSignal): Promise<Response> {
  if (!exported) return fetch(address, { signal });
  const { composeSheet } = await import('./exported/sheet');
  return composeSheet('data', new URL(address, window.location.href), signal);
}

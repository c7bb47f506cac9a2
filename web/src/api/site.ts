/** What an exported copy of the page shows first. */
export interface Exported {
  dataset: string;
  model: string;
  metric: string;
  pool: string;
  transform: string;
}

/** Set where this page is an exported copy, whose answers come from files; null where there is a server. */
export const exported: Exported | null = readExported();

function readExported(): Exported | null {
  if (typeof document === 'undefined') return null;
  const { dataset, model, metric, pool, transform } = document.querySelector<HTMLMetaElement>('meta[name="convnet-export"]')?.dataset ?? {};
  if (!dataset || !model || !metric || !pool || !transform) return null;
  return { dataset, model, metric, pool, transform };
}

/** The address of a view of this page: a file server knows none but that of the page itself. */
export function viewAddress(path: string): string {
  return exported ? `#${path}` : path;
}

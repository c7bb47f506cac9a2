import type { DatasetDetail, ModelSummary } from '../types';
import { Channels } from './channels';
import { loader, type Contents, type Load } from './files';
import { findMap } from './maps';
import { needsProgram, Refusal, unknown } from './refusal';
import { Searches } from './searches';

/** A request, taken apart. */
interface Asked {
  path: string[];
  query: URLSearchParams;
}

type Handler = (copy: Copy, asked: Asked) => unknown;

/** The files of a copy, and what is made of them. */
interface Copy {
  load: Load;
  contents: Contents;
  dataset: DatasetDetail;
  models: ModelSummary[];
  searches: Searches;
  channels: Channels;
}

/** An answer that is told as server-sent events: rows, and then the rest. */
class Told {
  readonly rows: readonly unknown[];
  readonly end: unknown;

  constructor({ rows, ...rest }: { rows: readonly unknown[] }) {
    this.rows = rows;
    this.end = { ...rest, rows: [] };
  }
}

const file = (name: string): Handler => ({ load }) => load(name);
const refuse = (what: string): Handler => () => { throw needsProgram(what); };

/** The answers, by method and path below /api/v1; * is any name. What is not here needs the program. */
const handlers: [string, Handler][] = [
  ['GET about', file('about.json')],
  ['GET options', file('options.json')],
  ['GET indexes', file('indexes.json')],
  ['GET datasets', file('datasets.json')],
  ['GET models', file('models.json')],
  ['GET jobs', () => ({ jobs: [] })],
  ['GET datasets/*', ({ dataset }, { path: [, name = ''] }) => {
    if (name !== dataset.name) throw unknown('dataset', name, [dataset.name]);
    return dataset;
  }],
  ['GET models/*', ({ load, models }, { path: [, name = ''] }) => {
    if (!models.some((model) => model.name === name)) throw unknown('model', name, models.map((model) => model.name));
    return load(`models/${name}.json`);
  }],
  ['GET search', ({ searches }, { query }) => searches.search(query)],
  ['GET contrast', ({ searches }, { query }) => searches.contrast(query)],
  ['GET compare', ({ searches }, { query }) => searches.compare(query)],
  ['GET compare/events', async ({ searches }, { query }) => new Told(await searches.compare(query))],
  ['GET compare/scores', ({ searches }, { query }) => searches.scores(query)],
  ['GET compare/scores/events', async ({ searches }, { query }) => new Told(await searches.scores(query))],
  ['GET map', ({ load, contents, models }, { query }) => findMap(load, contents, models, query)],
  ['POST map', async ({ load, contents, models }, { query }) => ({ map: await findMap(load, contents, models, query) })],
  ['GET datasets/*/top', ({ channels }, { query }) => channels.top(query)],
  ['POST models/*/layers/*/channels/*/rendering', async ({ channels }, { path: [, model = '', , layer = '', , channel], query }) => (
    { rendering: await channels.rendering({ model, layer, channel: Number(channel) }, query) }
  )],
  ['GET renderings/*', ({ channels }, { path: [, hash = ''] }) => channels.byHash(hash)],
  ['GET models/*/layers/*/channels/*/activation', refuse('look at a picture to see where in it the channel answers')],
  ['POST pictures', refuse('take pictures of your own')],
  ['POST indexes', refuse('index pictures')],
  ['POST models/*/pull', refuse('install models')],
  ['POST datasets/*/pull', refuse('download pictures')],
];

/** Answers requests of the API from files: a fetch for a page without a server. */
export function answering(folder: string): (request: Request) => Promise<Response> {
  const load = loader(folder);
  let copy: Promise<Copy> | null = null;
  return async ({ method, url, signal }) => {
    try {
      const { pathname, searchParams } = new URL(url);
      const path = pathname.split('/').slice(3).map(decodeURIComponent);
      const handler = handlers.find(([pattern]) => fits(pattern, method, path))?.[1] ?? refuse('do this');
      copy ??= openCopy(load);
      const open = await copy.catch((error: unknown) => {
        copy = null;
        throw error;
      });
      const answer = await handler(open, { path, query: searchParams });
      signal.throwIfAborted();
      return respond(answer);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  };
}

async function openCopy(load: Load): Promise<Copy> {
  const contents = await load<Contents>('contents.json');
  const [dataset, { models }] = await Promise.all([
    load<DatasetDetail>(`datasets/${contents.dataset}.json`),
    load<{ models: ModelSummary[] }>('models.json'),
  ]);
  return {
    load, contents, dataset, models,
    searches: new Searches(load, contents, dataset, models),
    channels: new Channels(load, contents, dataset, models),
  };
}

function fits(pattern: string, method: string, path: readonly string[]): boolean {
  const [verb, ...rest] = pattern.split(' ');
  const names = rest.join('').split('/');
  return verb === method && names.length === path.length && names.every((name, i) => name === '*' || name === path[i]);
}

function respond(answer: unknown): Response {
  if (!(answer instanceof Told)) return Response.json(answer);
  const events = [...answer.rows.map((row) => ['row', row]), ['done', answer.end]];
  const text = events.map(([name, data], i) => `id: ${i + 1}\nevent: ${String(name)}\ndata: ${JSON.stringify(data)}\n\n`).join('');
  return new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
}

function refused({ status, code, message, hint, near }: Refusal): Response {
  return Response.json(
    { type: 'about:blank', title: '', status, code, detail: message, hint, near },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

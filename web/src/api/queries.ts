import { queryOptions } from '@tanstack/react-query';
import type { Query, View } from '../state/view';
import { answer, client } from './client';
import { readProblem } from './problem';
import type { operations } from './schema';
import type { Job } from './types';

/** How many results a search shows. */
export const top = 15;

const allDatasetsQuery = queryOptions({
  queryKey: ['datasets'],
  queryFn: ({ signal }) => answer(client.GET('/api/v1/datasets', { signal })),
});

export const datasetsQuery = queryOptions({ ...allDatasetsQuery, select: ({ datasets }) => datasets });

/** The public datasets that can be pulled and are not here yet. */
export const availableQuery = queryOptions({ ...allDatasetsQuery, select: ({ available }) => available });

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await answer(client.GET('/api/v1/models', { signal }))).models,
  staleTime: Infinity,
});

export const optionsQuery = queryOptions({
  queryKey: ['options'],
  queryFn: ({ signal }) => answer(client.GET('/api/v1/options', { signal })),
  staleTime: Infinity,
});

export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: ({ signal }) => answer(client.GET('/api/v1/about', { signal })),
  staleTime: Infinity,
});

export function datasetQuery(dataset: string) {
  return queryOptions({
    queryKey: ['dataset', dataset],
    queryFn: ({ signal }) => answer(client.GET('/api/v1/datasets/{dataset}', { params: { path: { dataset } }, signal })),
  });
}

export function modelQuery(model: string) {
  return queryOptions({
    queryKey: ['model', model],
    queryFn: ({ signal }) => answer(client.GET('/api/v1/models/{model}', { params: { path: { model } }, signal })),
    staleTime: Infinity,
  });
}

/** Which vectors are compared, and how. */
export type Settings = Pick<View, 'dataset' | 'model' | 'layer' | 'metric' | 'p' | 'pool' | 'transform'>;

type SearchParameters = NonNullable<operations['search']['parameters']['query']>;

export function searchQuery(settings: Settings, query: Query) {
  const { dataset, model, layer, metric, pool, transform } = settings;
  const p = metric === 'minkowski' ? settings.p : null;
  return queryOptions({
    queryKey: ['search', dataset, model, layer, metric, p, pool, transform, query],
    queryFn: ({ signal }) => {
      const parameters = {
        dataset, model, metric, pool, transform, top,
        ...(layer === null ? {} : { layer }),
        ...(p === null ? {} : { p }),
        ...(query.kind === 'image' ? { query: query.index } : { picture: query.id }),
      };
      // The names come from the URL and may be unknown: it is the server that says so.
      return answer(client.GET('/api/v1/search', { params: { query: parameters as SearchParameters }, signal }));
    },
  });
}

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async ({ signal }) => (await answer(client.GET('/api/v1/jobs', { signal }))).jobs,
});

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => answer(client.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal })),
  });
}

/**
 * Begins to index a dataset with one layer of a model, or with all its search
 * layers where layer is null; joins the job that does so already.
 */
export function startIndexing({ dataset, model, pool }: Pick<Settings, 'dataset' | 'model' | 'pool'>, layer: string | null): Promise<Job> {
  const body = {
    dataset, model, pool: pool as NonNullable<SearchParameters['pool']>,
    ...(layer === null ? {} : { layers: [layer] }),
  };
  return answer(client.POST('/api/v1/indexes', { body }));
}

/** Begins to install the official weights of a model; joins the job that does so already. */
export function startPull(model: string): Promise<Job> {
  return answer(client.POST('/api/v1/models/{model}/pull', { params: { path: { model } } }));
}

/** Begins to pull a public dataset; joins the job that does so already. */
export function startPullDataset(dataset: string): Promise<Job> {
  return answer(client.POST('/api/v1/datasets/{dataset}/pull', { params: { path: { dataset } } }));
}

/** Ends a job and forgets it. */
export async function cancelJob(id: string): Promise<void> {
  const { response, error } = await client.DELETE('/api/v1/jobs/{id}', { params: { path: { id } } });
  if (!response.ok) throw readProblem(response.status, error);
}

/** Hands a picture to the server and returns the id to search with. */
export async function addPicture(file: Blob): Promise<string> {
  const picture = await answer(
    client.POST('/api/v1/pictures', {
      // The server looks at the bytes and not at this type.
      headers: { 'Content-Type': file.type.startsWith('image/') ? file.type : 'image/*' },
      body: '',
      bodySerializer: () => file,
    }),
  );
  return picture.id;
}

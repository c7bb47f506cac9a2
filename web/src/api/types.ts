import type { components } from './schema';

type Schemas = components['schemas'];

export type Choice = Schemas['Choice'];
export type DatasetDetail = Schemas['DatasetDetail'];
export type Job = Schemas['Job'];
export type Layer = Schemas['Layer'];
export type ModelSummary = Schemas['ModelSummary'];
export type PublicDataset = Schemas['PublicDataset'];
export type Result = Schemas['Result'];
export type SearchResult = Schemas['SearchAnswer'];

import type { components } from './schema';

type Schemas = components['schemas'];

export type ActivationMap = Schemas['ActivationMap'];
export type Choice = Schemas['Choice'];
export type CompareResult = Schemas['CompareResult'];
export type CompareRow = Schemas['CompareRow'];
export type DatasetDetail = Schemas['DatasetDetail'];
export type DatasetSummary = Schemas['DatasetSummary'];
export type FinishedMap = Schemas['Map'];
export type Job = Schemas['Job'];
export type Layer = Schemas['Layer'];
export type MapState = Schemas['MapState'];
export type MapView = Schemas['MapView'];
export type MissingLayers = Schemas['MissingLayers'];
export type ModelDetail = Schemas['ModelDetail'];
export type ModelLayer = Schemas['ModelLayer'];
export type ModelSummary = Schemas['ModelSummary'];
export type PublicDataset = Schemas['PublicDataset'];
export type RenderView = Schemas['RenderView'];
export type Rendering = Schemas['Rendering'];
export type Result = Schemas['Result'];
export type ScoresResult = Schemas['ScoresResult'];
export type ScoresRow = Schemas['ScoresRow'];
export type SearchResult = Schemas['SearchAnswer'];
export type TopPicture = Schemas['TopPicture'];

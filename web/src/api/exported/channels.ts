import type { components } from '../schema';
import type { DatasetDetail, ModelDetail, ModelSummary, Rendering } from '../types';
import type { Contents, Load } from './files';
import { notInCopy, Refusal, unknown } from './refusal';

type TopResult = components['schemas']['TopResult'];

/** Which pictures excite the channels of a layer: of each a position in the dataset, a value and the number of a place. */
interface TopFile {
  map: [number, number];
  pictures: number;
  left_out: number;
  places: { position: [number, number]; box: [number, number, number, number]; cell: [number, number, number, number] }[];
  channels: [number, number, number][][];
}

/** What is asked of a channel: which, and of renderings how. */
export interface ChannelRequest {
  model: string;
  layer: string;
  channel: number;
}

/** What is known of channels. */
export class Channels {
  private readonly load: Load;
  private readonly contents: Contents;
  private readonly dataset: DatasetDetail;
  private readonly models: ModelSummary[];

  constructor(load: Load, contents: Contents, dataset: DatasetDetail, models: ModelSummary[]) {
    this.load = load;
    this.contents = contents;
    this.dataset = dataset;
    this.models = models;
  }

  /** The pictures that excite a channel most. */
  async top(asked: URLSearchParams): Promise<TopResult> {
    const model = asked.get('model') ?? '';
    const layer = asked.get('layer') ?? '';
    const channel = Number(asked.get('channel'));
    await this.check({ model, layer, channel });
    if (!this.contents.tops.some((top) => top.model === model && top.layer === layer)) {
      throw notInCopy(`the pictures that excite ${layer} of ${model}`);
    }
    const file = await this.load<TopFile>(`top/${model}/${layer}.json`);
    const results = (file.channels[channel] ?? []).flatMap(([index, value, number], i) => {
      const image = this.dataset.images[index];
      const place = file.places[number];
      return image && place ? [{ rank: i + 1, index, file: image.file, class: image.class, value, ...place }] : [];
    });
    return {
      dataset: this.dataset.name, model, layer, channel, map: file.map, pictures: file.pictures, left_out: file.left_out,
      dead: results[0]?.value === 0, results,
    };
  }

  /**
   * The picture of a channel by a recipe. One that differs in size and steps
   * alone stands in for it: it shows the same.
   */
  async rendering(request: ChannelRequest, asked: URLSearchParams): Promise<Rendering> {
    const { layer, channel } = await this.check(request);
    const { renderings } = await this.load<{ renderings: Rendering[] }>(`renderings/${request.model}.json`);
    const objective = asked.get('objective') ?? 'channel';
    const other = Number(asked.get('with') ?? -1);
    const blend = Number(asked.get('blend') ?? 0.5);
    const channels = objective === 'layer' ? [] : other >= 0 ? [channel, other] : [channel];
    const matching = renderings.filter(({ recipe }) => (
      recipe.layer === layer
      // A class is the channel of a classifier.
      && recipe.objective === (objective === 'class' ? 'channel' : objective)
      && recipe.negative === (asked.get('negative') === 'true')
      && recipe.pictures === Number(asked.get('pictures') ?? 1)
      && recipe.seed === Number(asked.get('seed') ?? 0)
      // A layer has none, which the program writes as null.
      && String((recipe.channels as number[] | null) ?? []) === String(channels)
      && (other < 0 || recipe.blend === blend)
    ));
    const exact = matching.find(({ recipe }) => Number(asked.get('size')) === recipe.size && Number(asked.get('steps')) === recipe.steps);
    const found = exact ?? matching.sort((a, b) => b.recipe.steps - a.recipe.steps || b.recipe.size - a.recipe.size)[0];
    if (!found) throw notInCopy(`this picture${othersOf(renderings, layer)}`);
    return found;
  }

  /** Finds a rendering by the hash of its recipe. */
  async byHash(hash: string): Promise<Rendering> {
    for (const { name } of this.models) {
      const { renderings } = await this.load<{ renderings: Rendering[] }>(`renderings/${name}.json`);
      const found = renderings.find((r) => r.hash === hash);
      if (found) return found;
    }
    throw notInCopy('this picture');
  }

  /** Checks that there is such a channel. */
  private async check({ model, layer, channel }: ChannelRequest): Promise<ChannelRequest> {
    if (!this.models.some(({ name }) => name === model)) throw unknown('model', model, this.models.map(({ name }) => name));
    const { layers } = await this.load<ModelDetail>(`models/${model}.json`);
    const found = layers.find(({ name }) => name === layer);
    if (!found) throw unknown('layer', layer);
    const channels = found.shape[2] ?? 0;
    if (channel >= channels) {
      throw new Refusal(404, 'not_found', `layer “${layer}” of ${model} has no channel ${channel}`, `its channels are 0 to ${channels - 1}`);
    }
    return { model, layer, channel };
  }
}

/** Which channels of a layer there are instead. */
function othersOf(renderings: readonly Rendering[], layer: string): string {
  const channels = new Set(renderings.flatMap(({ recipe }) => (recipe.layer === layer && recipe.objective === 'channel' ? recipe.channels.slice(0, 1) : [])));
  if (channels.size === 0) return '';
  const numbers = [...channels].sort((a, b) => a - b);
  return `: of this layer it has channel${numbers.length > 1 ? 's' : ''} ${numbers.slice(0, 60).join(', ')}`;
}

import type { Explore, Objective } from '../../state/explore';

/** What is rendered, for people: "Channel 17", "Class 281 and class 3, least". */
export function subjectOf({ channel, recipe }: Explore, layer: string): string {
  if (recipe.objective === 'layer') return `The whole of ${layer}`;
  const noun = { channel: 'Channel', neuron: 'Neuron of channel', class: 'Class' }[recipe.objective];
  const second = recipe.with === null ? '' : ` with ${recipe.with}`;
  return `${noun} ${channel}${second}${recipe.negative ? ', least' : ''}`;
}

/** What the value of an objective is called. */
export function valueName(objective: Objective): string {
  return { channel: 'Mean activation', neuron: 'Activation', layer: 'Mean square', class: 'Score' }[objective];
}

/** What the guide explains, in its order. */
export const topics = ['networks', 'score', 'metrics', 'vectors', 'sets'] as const;

export type Topic = (typeof topics)[number];

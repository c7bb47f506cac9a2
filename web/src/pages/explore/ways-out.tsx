import { useQuery } from '@tanstack/react-query';
import { asApiError } from '../../api/problem';
import { modelsQuery } from '../../api/queries';
import type { Layer } from '../../api/types';
import { exploreDefaults, type Explore } from '../../state/explore';
import { ExploreLink } from './explore-link';
import { channelsOf } from './layers';

interface WaysOutProps {
  view: Explore;
  error: unknown;
  /** The layer, where it is known. */
  layer: Layer | undefined;
}

const primary = 'cds--btn cds--btn--primary cds--layout--size-md';
const tertiary = 'cds--btn cds--btn--tertiary cds--layout--size-md';

/** Links out of an error: near names, a channel that the layer has, and the defaults to start from. */
export function WaysOut({ view, error, layer }: WaysOutProps) {
  const models = useQuery(modelsQuery).data?.map(({ name }) => name) ?? [];
  const repair = (name: string): Partial<Explore> => (models.includes(name) ? { model: name, layer: null } : { layer: name });
  const last = layer ? channelsOf(layer) - 1 : 0;
  return (
    <>
      {asApiError(error).near.slice(0, 3).map((name) => (
        <ExploreLink key={name} view={{ ...view, ...repair(name), frame: null }} className={primary}>Use {name}</ExploreLink>
      ))}
      {layer && view.channel > last ? (
        <ExploreLink view={{ ...view, channel: last, frame: null }} className={primary}>Show channel {last}, the last</ExploreLink>
      ) : null}
      <ExploreLink view={exploreDefaults} className={tertiary}>Start over with the defaults</ExploreLink>
    </>
  );
}

import { Button } from '@carbon/react';
import { asApiError } from '../../../api/problem';
import { Trouble } from '../../../components/trouble';
import { mapDefaults } from '../../../state/map';
import { useChangePart } from '../../../state/use-view';
import type { View } from '../../../state/view';
import { WaysOut } from '../ways-out';

/** Says why there is no map, with the ways out. */
export function MapTrouble({ view, error, onRetry }: { view: View; error: unknown; onRetry: () => void }) {
  const change = useChangePart('map');
  return (
    <Trouble error={error} onRetry={onRetry}>
      {asApiError(error).status === 422
        ? <Button size="md" onClick={() => { change(mapDefaults); }}>Map with the usual settings</Button>
        : <WaysOut view={view} error={error} />}
    </Trouble>
  );
}

import { useQuery } from '@tanstack/react-query';
import { asApiError } from '../../api/problem';
import { datasetsQuery, modelsQuery, optionsQuery } from '../../api/queries';
import { ViewLink } from '../../components/view-link';
import { defaults, type View } from '../../state/view';

/** Returns the function that tells what changes in the view where a near name is used. */
export function useRepair(): (name: string) => Partial<View> {
  const datasets = useQuery(datasetsQuery).data?.map(({ name }) => name) ?? [];
  const models = useQuery(modelsQuery).data ?? [];
  const options = useQuery(optionsQuery).data;
  const holds = (choices: { name: string }[] | undefined, name: string) => choices?.some((c) => c.name === name) ?? false;

  return (name) => {
    if (datasets.includes(name)) return { dataset: name, query: null };
    if (holds(models, name)) return { model: name, layer: null };
    if (holds(options?.metrics, name)) return { metric: name };
    if (holds(options?.poolings, name)) return { pool: name };
    if (holds(options?.transforms, name)) return { transform: name };
    return { layer: name };
  };
}

/** Links out of an error: the near names, and the settings to start from. */
export function WaysOut({ view, error }: { view: View; error: unknown }) {
  const known = useQuery(datasetsQuery).data?.some(({ name }) => name === view.dataset) ?? false;
  const repair = useRepair();
  return (
    <>
      {asApiError(error).near.slice(0, 3).map((name) => (
        <ViewLink key={name} view={{ ...view, ...repair(name) }} className="cds--btn cds--btn--primary cds--layout--size-md">
          Use {name}
        </ViewLink>
      ))}
      <ViewLink
        view={{ ...defaults, advanced: view.advanced, open: view.open, arrangement: view.arrangement, dataset: known ? view.dataset : defaults.dataset }}
        className="cds--btn cds--btn--tertiary cds--layout--size-md"
      >
        Start over with the defaults
      </ViewLink>
    </>
  );
}

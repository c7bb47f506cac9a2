import type { UseQueryResult } from '@tanstack/react-query';
import { asApiError } from '../../../api/problem';
import type { Settings } from '../../../api/queries';
import type { ModelSummary, SearchResult } from '../../../api/types';
import { Installing } from '../../../components/installing';
import { Trouble } from '../../../components/trouble';
import { ViewLink } from '../../../components/view-link';
import { configurationOf } from '../../../state/configuration';
import type { View } from '../../../state/view';
import { Indexing } from '../indexing';
import { useRepair } from '../ways-out';

interface UnfoundProps {
  view: View;
  first: UseQueryResult<SearchResult>;
  second: UseQueryResult<SearchResult>;
  /** Of the second search. */
  settings: Settings;
  /** The model of the second search; undefined where there is none of that name. */
  model: ModelSummary | undefined;
  images: number;
}

/** Why there are not two searches to look at, and what can be done about it. */
export function Unfound({ view, first, second, settings, model, images }: UnfoundProps) {
  const repair = useRepair();
  // What the page's own search needs is offered where its results belong.
  if (first.error) return <p className="contrast__note">The first search, as set above, has no results; above is why.</p>;
  const { error } = second;
  if (!error) return <div className="contrast__waiting skeleton" />;
  if (model?.weights === 'missing') return <Installing model={model} />;
  if (asApiError(error).code === 'not_indexed') {
    return <Indexing settings={settings} images={images} onDone={() => void second.refetch()} />;
  }
  return (
    <Trouble error={error} onRetry={() => void second.refetch()}>
      {asApiError(error).near.slice(0, 3).map((name) => (
        <ViewLink
          key={name}
          view={{ ...view, other: configurationOf({ ...settings, ...repair(name) }) }}
          className="cds--btn cds--btn--primary cds--layout--size-md"
        >
          Use {name}
        </ViewLink>
      ))}
      <ViewLink view={{ ...view, other: null }} className="cds--btn cds--btn--tertiary cds--layout--size-md">
        Choose the second search anew
      </ViewLink>
    </Trouble>
  );
}

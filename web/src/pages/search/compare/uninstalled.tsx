import type { ModelSummary } from '../../../api/types';
import { ViewLink } from '../../../components/view-link';
import type { View } from '../../../state/view';
import { canSearch } from './charts';

/** The models that a comparison is without because their weights are not here, and how they come. */
export function Uninstalled({ models, view }: { models: readonly ModelSummary[]; view: View }) {
  const others = models.filter((model) => !canSearch(model));
  if (others.length === 0) return null;
  return (
    <details className="compare__uninstalled">
      <summary>{others.length === 1 ? '1 model is' : `${others.length} models are`} not installed</summary>
      <p>Choose one to install its weights, or use <code>convnet models pull NAME</code>.</p>
      <ul>
        {others.map(({ name, title }) => (
          <li key={name}>
            <ViewLink className="cds--link" view={{ ...view, model: name, layer: null }}>{title}</ViewLink>
          </li>
        ))}
      </ul>
    </details>
  );
}

import { useQuery } from '@tanstack/react-query';
import { optionsQuery } from '../../api/queries';
import type { ModelSummary } from '../../api/types';
import { useChangeView } from '../../state/use-view';
import type { View } from '../../state/view';
import { inWords } from './settings/in-words';

/** Says what is being searched with, and offers to choose it. */
export function SettingLine({ view, model }: { view: View; model: ModelSummary | undefined }) {
  const change = useChangeView();
  const offers = useQuery(optionsQuery);
  return (
    <div className="line">
      <p className="line__words">
        {inWords(view, model, offers.data).map((piece, i) => (typeof piece === 'string' ? piece : <strong key={i}>{piece.strong}</strong>))}.
      </p>
      <div className="line__switch">
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={view.advanced === true}
          aria-describedby="advanced-about"
          onClick={() => { change({ advanced: view.advanced ? null : true }); }}
        >
          Advanced options
        </button>
        <p id="advanced-about">Choose the set, network, layer and distance yourself; compare them all, and see the set as a map.</p>
      </div>
    </div>
  );
}

import type { ReactNode } from 'react';
import type { Choice } from '../../../api/types';
import { Choose } from '../../../components/choose';
import { useChangeView } from '../../../state/use-view';
import type { View } from '../../../state/view';
import type { Offers } from './in-words';

const exponents = [1, 1.5, 2, 3, 4, 6, 10];

/** What is done to the feature maps before they are compared, and the exponent of the distance. */
export function Further({ view, options, children }: { view: View; options: Offers | undefined; children: ReactNode }) {
  const change = useChangeView();
  return (
    <div className="settings__further">
      {view.metric === 'minkowski' ? (
        <div>
          <Choose
            id="p"
            label="p"
            value={String(view.p)}
            choices={[...new Set([...exponents, view.p])].sort((a, b) => a - b).map((p) => ({ name: String(p), title: String(p) }))}
            onChange={(p) => { change({ p: Number(p) }); }}
          />
          <p>The power of the Minkowski distance.</p>
        </div>
      ) : null}
      <div>
        <Choose
          id="pool"
          label="Pooling"
          value={view.pool}
          choices={options?.poolings}
          onChange={(pool) => { change({ pool }); }}
        />
        <p>{describe(options?.poolings, view.pool)}</p>
      </div>
      <div>
        <Choose
          id="transform"
          label="Transform"
          value={view.transform}
          choices={options?.transforms}
          onChange={(transform) => { change({ transform }); }}
        />
        <p>{describe(options?.transforms, view.transform)}</p>
      </div>
      <p>{children}</p>
    </div>
  );
}

function describe(choices: Choice[] | undefined, name: string): string {
  return choices?.find((choice) => choice.name === name)?.description ?? '';
}

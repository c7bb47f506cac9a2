import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { optionsQuery } from '../../../api/queries';
import type { Choice } from '../../../api/types';
import { defaults } from '../../../state/view';
import { MetricSign } from '../settings/metric-sign';

/** What a distance is, and all that there are. */
export function Metrics() {
  const metrics = useQuery(optionsQuery).data?.metrics;
  return (
    <>
      <p>
        A distance says how far two embeddings lie apart. <strong>Cosine</strong> and <strong>correlation</strong> look at
        directions alone, the others at places too. Try cosine first: it is seldom the worst choice.
      </p>
      <p>
        <strong>Euclidean</strong>, <strong>squared Euclidean</strong> and <strong>Minkowski with p = 2</strong> put all
        pictures into the same order, and so find the same ones. Only the numbers differ: one is the square of the other, and
        the third is the first under another name. Minkowski with p = 1 is Manhattan; the larger p, the nearer it comes
        to Chebyshev.
      </p>
      <Choices choices={metrics} sign={({ name }) => <MetricSign metric={name} p={defaults.p} />} />
      <p>The drawings show the points that are equally far from the centre; those of cosine and correlation, what is compared.</p>
    </>
  );
}

/** What is done to a feature map before it is compared. */
export function Vectors() {
  const options = useQuery(optionsQuery).data;
  return (
    <>
      <p>
        A layer answers with a map for each of its channels: what it saw, and where. <strong>Pooling</strong> makes one
        number of each map, or keeps them whole.
      </p>
      <Choices choices={options?.poolings} />
      <p>
        A <strong>transform</strong> then changes the numbers. Nearly all of them are positive, so that all embeddings point
        into the same corner; what they have in common is taken away, and what sets a picture apart remains.
      </p>
      <Choices choices={options?.transforms} />
    </>
  );
}

function Choices({ choices, sign }: { choices: Choice[] | undefined; sign?: (choice: Choice) => ReactNode }) {
  return (
    <dl className={`guide__choices${sign ? ' guide__choices--drawn' : ''}`}>
      {choices?.map((choice) => (
        <div key={choice.name}>
          {sign?.(choice)}
          <dt>{choice.title}</dt>
          <dd>{choice.description}</dd>
        </div>
      ))}
    </dl>
  );
}

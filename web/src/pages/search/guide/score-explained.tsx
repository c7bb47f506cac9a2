import { top } from '../../../api/queries';

const height = 48;
const step = 20;

/** The weighted search score, with its weights drawn. */
export function ScoreExplained() {
  const weights = Array.from({ length: top }, (_, i) => top - i);
  const sum = (top + 1) / 2;
  return (
    <>
      <p>
        Of the {top} results, those of the query’s category count, and the first more than the last: the weights
        are {top}/{top}, {top - 1}/{top}, … 1/{top}. The score is the sum of the weights that count, divided by the sum of
        all ({sum}), in percent. The query itself is never among its results.
      </p>
      <svg className="guide__weights" viewBox={`0 0 ${top * step} ${height}`} role="img" aria-label={`${top} bars that fall evenly from the first position to the last`}>
        {weights.map((weight, i) => (
          <rect key={i} x={i * step + 1} y={height - (height * weight) / top} width={step - 2} height={(height * weight) / top} />
        ))}
      </svg>
      <p>
        100 means that all share the category; a wrong first result costs {(100 / sum).toFixed(1)} points, a wrong last
        one {(100 / sum / top).toFixed(1)}. The score is strict: a beetle and a sedan are both cars, yet count as different
        where the set calls them so. And where a category has fewer than {top + 1} pictures, there are not enough right ones
        for 100.
      </p>
    </>
  );
}

import { Information } from '@carbon/icons-react';
import { Toggletip, ToggletipButton, ToggletipContent } from '@carbon/react';
import type { SearchResult } from '../../api/types';
import { className } from '../../lib/format';
import { classCounts, explainScore } from '../../lib/score';

interface ScoreProps {
  result: SearchResult;
  /** Whether the result is of the query before. */
  busy: boolean;
}

/** How well the search did, or why there is no telling. */
export function Score({ result, busy }: ScoreProps) {
  const { score, same_class: sameClass, query, results } = result;
  if (score === undefined || sameClass === undefined) return <NoScore result={result} />;
  return (
    <div className="score" aria-busy={busy}>
      <div className="score__label">
        <span>Search score</span>
        <Explanation label="What is the search score?">
          {explainScore(sameClass, results.length, className(query.class ?? ''))}
        </Explanation>
      </div>
      <p className="score__value">
        {score.toFixed(1)}
        <small>%</small>
      </p>
      <p className="score__share">
        {sameClass} / {results.length} in the same category
      </p>
    </div>
  );
}

/** The room of a score that is on its way, so that nothing moves when it comes. */
export function ScoreAwaited() {
  return (
    <div className="score score--awaited" aria-hidden>
      <div className="score__label">
        <span>Search score</span>
      </div>
      <p className="score__value">
        100.0
        <small>%</small>
      </p>
      <p className="score__share">15 / 15 in the same category</p>
    </div>
  );
}

function NoScore({ result }: { result: SearchResult }) {
  const [most] = classCounts(result.results);
  return (
    <div className="score">
      <div className="score__label">
        <span>No search score</span>
        <Explanation label="Why is there no search score?">
          {[
            'The score is the share of the results that are in the query’s category.',
            'This picture has no category, so there is nothing to compare with.',
          ]}
        </Explanation>
      </div>
      {most && most.class !== '' ? (
        <p className="score__share">
          {most.results} / {result.results.length} are in “{className(most.class)}”
        </p>
      ) : null}
    </div>
  );
}

function Explanation({ label, children }: { label: string; children: string[] }) {
  return (
    <Toggletip align="bottom-start">
      <ToggletipButton label={label}>
        <Information />
      </ToggletipButton>
      <ToggletipContent>
        <div className="score__explained">
          {children.map((sentence) => <p key={sentence}>{sentence}</p>)}
        </div>
      </ToggletipContent>
    </Toggletip>
  );
}

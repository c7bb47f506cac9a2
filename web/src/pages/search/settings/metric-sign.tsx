import type { ReactNode } from 'react';
import '../../../styles/sign.scss';
import { unitBall } from './unit-ball';

const radius = 15;

/**
 * A metric as a drawing: the points that are as far from the centre as each
 * other, or what else it compares. Metrics that it does not know have bare axes.
 */
export function MetricSign({ metric, p }: { metric: string; p: number }) {
  return (
    <svg className="sign" width="56" height="56" viewBox="-28 -28 56 56" aria-hidden>
      {figures[metric]?.(p) ?? <Axes />}
    </svg>
  );
}

const figures: Record<string, (p: number) => ReactNode> = {
  cosine: () => (
    <>
      <path className="sign__faint" d="M-18 16H18M-16 18V-18" />
      <path className="sign__line" d="M-16 16L-6 -15M-16 16L16 2" />
      <path className="sign__line" d="M-9.4 -10.6L-6 -15L-4.4 -9.7M10.9 0.7L16 2L12.9 6.3" />
      <path className="sign__area" d="M-16 16L-11.4 1.7A15 15 0 0 1 -2.3 10Z" />
    </>
  ),
  correlation: () => (
    <>
      <path className="sign__faint" strokeDasharray="2 2" d="M-19 -9H19M-19 10H19" />
      <path className="sign__line" d="M-19 -4L-12 -14L-5 -6L2 -16L9 -7L19 -7" />
      <path className="sign__line" d="M-19 15L-12 6L-5 13L2 2L9 11L19 12" />
    </>
  ),
  euclidean: () => <Ball p={2} />,
  sqeuclidean: () => (
    <>
      <Axes />
      <path className="sign__faint" d={unitBall(2, radius)} />
      <path className="sign__area" d={`M0 0H${radius}V-${radius}H0Z`} />
      <path className="sign__line" d={`M0 0H${radius}V-${radius}H0Z`} />
    </>
  ),
  minkowski: (p) => <Ball p={p} />,
  manhattan: () => <Ball p={1} />,
  chebyshev: () => <Ball p={Infinity} />,
};

function Ball({ p }: { p: number }) {
  const path = p === Infinity ? `M-${radius} -${radius}H${radius}V${radius}H-${radius}Z` : unitBall(p, radius);
  return (
    <>
      <Axes />
      <path className="sign__area" d={path} />
      <path className="sign__line" d={path} />
    </>
  );
}

function Axes() {
  return <path className="sign__faint" d="M-20 0H20M0 -20V20" />;
}

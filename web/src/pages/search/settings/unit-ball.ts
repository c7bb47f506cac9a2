/**
 * The points at Minkowski distance r from the centre, |x|^p + |y|^p = r^p, as a
 * closed SVG path around the origin: a diamond for p = 1, a circle for p = 2,
 * nearly a square where p is large.
 */
export function unitBall(p: number, r: number): string {
  const points = Array.from({ length: steps }, (_, i) => {
    const angle = (2 * Math.PI * i) / steps;
    return `${round(r * root(Math.cos(angle), p))} ${round(r * root(Math.sin(angle), p))}`;
  });
  return `M${points.join('L')}Z`;
}

const steps = 96;

/** The signed power 2 / p. */
function root(value: number, p: number): number {
  return Math.abs(value) < 1e-12 ? 0 : Math.sign(value) * Math.abs(value) ** (2 / p);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/**
 * How a quantity grows with another: the slope of the line through their logarithms, by least squares. 1 is linear, 2 is
 * quadratic, 0 does not grow.
 */
export function growthOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1): number => logs.reduce((total, log) => total + log[of], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const both = logs.reduce((total, [x, y]) => total + (x - mx) * (y - my), 0);
  const own = logs.reduce((total, [x]) => total + (x - mx) ** 2, 0);
  return both / own;
}

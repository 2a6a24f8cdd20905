/** A bound in dollars, rounded up: nothing that costs something is "at most $0.00". */
export function mostUsd(usd: number): string {
  return `$${(Math.ceil(usd * 100) / 100).toFixed(2)}`;
}

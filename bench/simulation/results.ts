import { readFileSync } from 'node:fs';
import type { Simulation } from './simulate.ts';

/** bench/results/simulation.json, as `npm run simulate` has written it. */
export function readResults(): Simulation {
  return JSON.parse(
    readFileSync(new URL('../results/simulation.json', import.meta.url), 'utf8'),
  ) as Simulation;
}

/** Four digits say all that a model knows. */
export function rounded(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(4));
}

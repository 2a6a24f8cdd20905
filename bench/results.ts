import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Comparison } from './compare.ts';
import type { Curve } from './growth.ts';
import type { Machine } from './machine.ts';
import type { RateFigures } from './rate.ts';
import type { StoreFigures } from './ratios.ts';
import type { ScaleFigures } from './scale.ts';

/** bench/results/bench.json */
export interface BenchResults {
  readonly machine: Machine;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly StoreFigures[];
  readonly rate: RateFigures;
  readonly curves: readonly Curve[];
}

/** bench/results/scale.json */
export interface ScaleResults {
  readonly machine: Machine;
  readonly scale: ScaleFigures;
}

const FOLDER = new URL('./results/', import.meta.url);

export function writeResults(name: 'bench' | 'scale', results: BenchResults | ScaleResults): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = fileURLToPath(new URL(`${name}.json`, FOLDER));
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`);
  return file;
}

/** Four digits say all that a measurement knows. */
function rounded(_: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(4));
}

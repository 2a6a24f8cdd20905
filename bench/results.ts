import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Comparison } from './compare.ts';
import type { Curve } from './growth.ts';
import type { Machine } from './machine.ts';
import type { NeighbourFigures, RateFigures } from './rate.ts';
import type { StoreFigures } from './ratios.ts';
import type { ScaleFigure } from './scale.ts';
import type { CalibrationFile } from './simulation/calibration.ts';

/** bench/results/bench.json */
export interface BenchResults {
  readonly machine: Machine;
  readonly comparisons: readonly Comparison[];
  readonly figures: readonly StoreFigures[];
  readonly rate: RateFigures;
  readonly beside: NeighbourFigures;
  readonly curves: readonly Curve[];
}

/** A scene of bench/results/scale.json: scenes take from minutes to days, so each is measured and kept alone. */
interface KeptScene extends ScaleFigure {
  /** Of the full size. */
  readonly part: number;
  readonly machine: Machine;
}

/** bench/results/scale.json */
interface ScaleResults {
  readonly scale: readonly KeptScene[];
}

const FOLDER = new URL('./results/', import.meta.url);

export function writeResults(results: BenchResults): string {
  return write('bench', results);
}

/** Keeps a scene in the place of what was measured of it before. */
export function keepScene(scene: KeptScene): string {
  const file = new URL('scale.json', FOLDER);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ScaleResults) : { scale: [] };
  const others = known.scale.filter(({ name }) => name !== scene.name);
  return write('scale', { scale: [...others, scene] });
}

/** For `npm run simulate -- --calibration FILE`. Who adopts it copies it over bench/simulation/calibration.json. */
export function writeCalibration(measured: CalibrationFile): string {
  return write('calibration', measured);
}

function write(
  name: 'bench' | 'scale' | 'calibration',
  results: BenchResults | ScaleResults | CalibrationFile,
): string {
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

import { parseArgs } from 'node:util';
import { AwsProcess } from './aws/aws-process.ts';
import { compareAll } from './compare.ts';
import { growthCurves } from './growth.ts';
import { machine, type Machine } from './machine.ts';
import { closeBench, openBench, type Bench } from './measure.ts';
import { BESIDE, CAP, rateBesideNeighbour, rateUnderCap } from './rate.ts';
import { ratios, type StoreFigures } from './ratios.ts';
import { worseThan } from './bounds.ts';
import { keepScene, writeCalibration, writeResults } from './results.ts';
import { scale } from './scale.ts';
import {
  readCalibrationFile,
  withMeasuredCpu,
  type CalibrationFile,
  type MeasuredCpu,
} from './simulation/calibration.ts';
import { starts } from './start.ts';

// npm run bench            all comparisons and curves; about 15 minutes on two cores
// npm run bench:scale      large stores, for longer; --only NAME plays one of them
// npm run bench -- --ratios     what does not depend on the machine, against its bounds
// npm run bench -- --rates      the two scenes of the rate, printed
// npm run bench -- --starts     how functions start, beside the bare clients
// --part 0.1               a part of every size and two rounds, to try it; its results are printed
// --part 0.1 --keep        the same, and its results are kept

Object.assign(process.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });

const { values } = parseArgs({
  options: {
    ratios: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    starts: { type: 'boolean', default: false },
    part: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    rates: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const part = Number(values.part);
/** CPU of an import over that of the bare clients: decision 74, with room for the noise of two busy cores. */
const WORKER_STARTS = 1.4;
const PLAN_STARTS = 1.6;
const kept = values.keep || part === 1;
const began = performance.now();

if (values.scale) process.exitCode = await benchScale();
else if (values.rates) await withBench(benchRates);
else if (values.starts) process.exitCode = await benchStarts();
else if (values.ratios) process.exitCode = await withBench(benchRatios);
else await withBench(benchAll);

function note(words: string): void {
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(`${String(seconds).padStart(5)} s  ${words}\n`);
}

async function withBench<Result>(work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const bench = await openBench(await AwsProcess.start());
  try {
    note('The product is deployed in the embedded AWS.');
    return await work(bench);
  } finally {
    await closeBench(bench);
  }
}

function calibrationOf(figures: readonly StoreFigures[], on: Machine): CalibrationFile {
  const { cores, cpu, node, date, loadBefore } = on;
  const where = `${cores} cores (${cpu}), Node ${node}, load ${loadBefore} before it began; microseconds are of a whole core`;
  const measured = Object.fromEntries(figures.map(({ store, microseconds }) => [store, microseconds]));
  return withMeasuredCpu(readCalibrationFile(), measured as MeasuredCpu, { date, machine: where });
}

async function benchAll(bench: Bench): Promise<void> {
  const on = machine();
  const size = (full: number): number => Math.max(100, Math.round(full * part));
  const comparisons = await compareAll(bench, {
    // Less than a page says more of a run's beginning and end than of a data key.
    dataKeys: Math.max(500, size(2_000)),
    rounds: part === 1 ? 4 : 2,
  });
  note('Compared with the loop, 16 at once, the bare pair and raw HTTP.');
  const figures = await ratios(bench);
  note('Counted requests, bytes and dollars.');
  const rate = await rateUnderCap(bench, CAP);
  note('Ran under a cap.');
  const beside = await rateBesideNeighbour(bench, BESIDE);
  note('Ran beside a neighbour.');
  const curves = await growthCurves(bench, Math.max(800, size(2_000)));
  note('Drew how it grows.');
  const results = { machine: on, comparisons, figures, rate, beside, curves };
  if (kept) note(`Results: ${writeResults(results)}, ${writeCalibration(calibrationOf(figures, on))}`);
  else process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

async function benchRates(bench: Bench): Promise<void> {
  note(JSON.stringify(await rateUnderCap(bench, CAP)));
  note(JSON.stringify(await rateBesideNeighbour(bench, BESIDE)));
}

async function benchStarts(): Promise<number> {
  const found = await starts(21);
  for (const { handler, bytes, cpu, ratio } of found)
    note(
      `${handler}: ${Math.round(bytes / 1_000)} KB, ${cpu.toFixed(0)} ms, ${ratio.toFixed(2)} of the bare clients`,
    );
  const slow = found.filter(
    ({ handler, ratio }) => ratio > (handler === 'plan' ? PLAN_STARTS : WORKER_STARTS),
  );
  for (const { handler } of slow) note(`${handler} starts more slowly than it may (decision 74).`);
  return slow.length === 0 ? 0 : 1;
}

async function benchRatios(bench: Bench): Promise<number> {
  const figures = await ratios(bench);
  for (const { store, ratios: found } of figures) note(`${store}: ${JSON.stringify(found)}`);
  const worse = figures.flatMap(worseThan);
  for (const words of worse) note(words);
  note(worse.length === 0 ? 'All ratios are within their bounds.' : `${worse.length} ratios are worse.`);
  return worse.length === 0 ? 0 : 1;
}

async function benchScale(): Promise<number> {
  const failed = await scale(
    { part, only: values.only },
    {
      figure: figure => {
        note(JSON.stringify(figure));
        if (kept) keepScene({ ...figure, part, machine: machine() });
      },
      failed: (name, why) => note(`${name}: ${String(why)}`),
    },
  );
  return failed.length === 0 ? 0 : 1;
}

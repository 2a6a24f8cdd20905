import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCalibration } from './calibration.ts';
import { rounded } from './results.ts';
import { simulate } from './simulate.ts';
import { simulationTable } from './table.ts';

const { values } = parseArgs({ options: { calibration: { type: 'string' } } });
const simulation = simulate(readCalibration(values.calibration));
process.stdout.write(`${simulationTable(simulation)}\n`);
if (values.calibration === undefined) {
  const results = new URL('../results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL('simulation.json', results), `${JSON.stringify(simulation, rounded, 2)}\n`);
}

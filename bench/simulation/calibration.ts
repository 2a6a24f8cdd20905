import { readFileSync } from 'node:fs';

const NAMES = [
  ...(['tableMigrateAsking', 'tableMigrateRest', 'tableVerifyAsking', 'tableVerifyRest'] as const),
  ...(['bucketMigrateAsking', 'bucketMigrateRest', 'bucketVerifyAsking', 'bucketVerifyRest'] as const),
  ...(['kmsMilliseconds', 'itemWriteMilliseconds', 'objectCopyMilliseconds'] as const),
  ...(['objectPutMilliseconds', 'ledgerReadMilliseconds', 'ledgerWriteMilliseconds'] as const),
  ...(['coldStartSeconds', 'betweenUnitsSeconds', 'checkpointBytes', 'leaseBytes'] as const),
  ...(['reEncryptMicroseconds'] as const),
  ...(['unitLineBytes', 'foldMicroseconds', 'reportMegabytes', 'resultsMegabytesPerSecond'] as const),
];

/** What AWS does not document: measured or assumed, as calibration.json says of each number. */
export type Calibration = Readonly<Record<(typeof NAMES)[number], number>>;

export interface CalibrationFile {
  readonly date: string;
  readonly machine: string;
  readonly inputs: Readonly<Record<string, { readonly value: number; readonly source: string }>>;
}

export interface Calibrated {
  readonly calibration: Calibration;
  /** When and where it was measured, and which numbers nobody has measured. */
  readonly from: { readonly date: string; readonly machine: string; readonly assumed: readonly string[] };
}

const OURS = new URL('calibration.json', import.meta.url);

/** The CPU of a data key in a pass: what is asked for it, and the rest. */
export type MeasuredCpu = Readonly<
  Record<'table' | 'bucket', Readonly<Record<'migrate' | 'verify', number>>>
>;

/**
 * Ours, with the CPU of each pass as the bench has measured it. How it divides into asking and the rest no counter tells: as before.
 * The latencies are those of AWS, and no embedded one knows them.
 */
export function withMeasuredCpu(
  known: CalibrationFile,
  measured: MeasuredCpu,
  { date, machine }: Pick<CalibrationFile, 'date' | 'machine'>,
): CalibrationFile {
  const inputs = Object.entries(measured).flatMap(([store, passes]) =>
    Object.entries(passes).flatMap(([pass, total]) => {
      const names = (['Asking', 'Rest'] as const).map(
        part => `${store}${pass === 'migrate' ? 'Migrate' : 'Verify'}${part}`,
      );
      const before = names.map(name => known.inputs[name]?.value ?? Number.NaN);
      const sum = before.reduce((all, one) => all + one, 0);
      const source = `derived: ${Math.round(total)} µs of core in the ${pass} pass of a ${store} were measured by npm run bench; divided as before`;
      return names.map(
        (name, index) => [name, { value: (total * (before[index] ?? 0)) / sum, source }] as const,
      );
    }),
  );
  return { date, machine, inputs: { ...known.inputs, ...Object.fromEntries(inputs) } };
}

export function readCalibrationFile(file: string | URL = OURS): CalibrationFile {
  return JSON.parse(readFileSync(file, 'utf8')) as CalibrationFile;
}

/** @param file the calibration of somebody else's measurement. @default ours */
export function readCalibration(file: string | URL = OURS): Calibrated {
  return calibrated(readCalibrationFile(file));
}

export function calibrated({ date, machine, inputs }: CalibrationFile): Calibrated {
  const values = NAMES.map(name => {
    const value = inputs[name]?.value;
    if (value === undefined || !Number.isFinite(value) || value <= 0)
      throw new Error(`the calibration has no number above 0 for ${name}`);
    return [name, value] as const;
  });
  const assumed = NAMES.filter(name => inputs[name]?.source.startsWith('measured') !== true);
  return { calibration: Object.fromEntries(values) as Calibration, from: { date, machine, assumed } };
}

import { readFileSync } from 'node:fs';

const NAMES = [
  ...(['tableMigrateAsking', 'tableMigrateRest', 'tableVerifyAsking', 'tableVerifyRest'] as const),
  ...(['bucketMigrateAsking', 'bucketMigrateRest', 'bucketVerifyAsking', 'bucketVerifyRest'] as const),
  ...(['kmsMilliseconds', 'itemWriteMilliseconds', 'objectCopyMilliseconds'] as const),
  ...(['objectPutMilliseconds', 'ledgerReadMilliseconds', 'ledgerWriteMilliseconds'] as const),
  ...(['coldStartSeconds', 'betweenUnitsSeconds', 'checkpointBytes', 'leaseBytes'] as const),
  ...(['unitLineBytes', 'foldMicroseconds', 'reportMegabytes', 'resultsMegabytesPerSecond'] as const),
];

/** What AWS does not document: measured or assumed, as calibration.json says of each number. */
export type Calibration = Readonly<Record<(typeof NAMES)[number], number>>;

interface CalibrationFile {
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

/** @param file the calibration of somebody else's measurement. @default ours */
export function readCalibration(file: string | URL = OURS): Calibrated {
  return calibrated(JSON.parse(readFileSync(file, 'utf8')) as CalibrationFile);
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

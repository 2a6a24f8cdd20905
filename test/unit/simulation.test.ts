import {
  calibrated,
  readCalibration,
  readCalibrationFile,
  withMeasuredCpu,
} from '../../bench/simulation/calibration.ts';
import { LIMITS } from '../../bench/simulation/limits.ts';
import { page } from '../../bench/simulation/page.ts';
import { PROFILES, type Profile } from '../../bench/simulation/profiles.ts';
import { runPass, type PassResult } from '../../bench/simulation/run-pass.ts';
import { simulate } from '../../bench/simulation/simulate.ts';
import { cut, type Cut } from '../../bench/simulation/units.ts';
import { MAX_CONCURRENCY } from '../../lambda/core/job/job-schema.ts';

const { calibration } = readCalibration();

const small: Profile = {
  ...{ name: 'small', dataKeys: 20_000_000, store: 'table', stores: 1, itemBytes: 1_000 },
  ...{ kmsQuota: 100_000, rate: 1_000, workers: 50, quota: 'kms' },
};

function played(profile: Profile, changes: Partial<Cut> = {}): PassResult {
  return runPass({ profile, pass: 'migrate', cut: { ...cut(profile), ...changes }, calibration });
}

describe('the simulation against closed forms', () => {
  const c = calibration;
  const cpu = (dataKeys: number, micros: number): number => (dataKeys * micros * 1e-6) / (512 / 1_769);
  const roundTrips =
    (c.ledgerReadMilliseconds + c.ledgerWriteMilliseconds + 2 * c.objectPutMilliseconds) / 1e3;
  /** Between its units, a worker's slot does nothing. */
  const besides = (each: number): number => {
    const unit = cut(small).dataKeysOfUnit / each;
    return (each * unit) / (unit + c.betweenUnitsSeconds);
  };

  it('is bound by the rate of the job where its workers could do more: each asks at its share, and rests while it writes', () => {
    const [share, page] = [small.rate / small.workers, (20 * small.rate) / small.workers];
    // A tenth of a second of the rest is caught up.
    const rest = Math.max(0, cpu(page, c.tableMigrateRest) + roundTrips - 0.1);
    const each = besides(page / (page / share + rest));
    expect(played(small).steadyRate).toBeCloseTo(small.workers * each, 3);
  });

  it('is bound by the CPU of its workers where their rate is beyond it: rate = workers × rate of each', () => {
    const seconds = cpu(500, c.tableMigrateAsking + c.tableMigrateRest) + roundTrips;
    const fast = played({ ...small, rate: 80_000 }, { inOnePartition: 0.001 });
    expect(fast.steadyRate).toBeCloseTo(small.workers * besides(500 / seconds), 3);
  });

  it('takes the time of its rate, of its ramp-up and of its last units, and no less', () => {
    const { seconds, rampUpSeconds, steadyRate } = played(small);
    expect(seconds).toBeGreaterThan(small.dataKeys / small.rate);
    expect(seconds - small.dataKeys / steadyRate).toBeLessThan(rampUpSeconds + 60);
  });

  it('is held by a quota of KMS below the rate of the job, and names it', () => {
    const result = played({ ...small, rate: 1_000, kmsQuota: 500 });
    expect(result.steadyRate).toBeCloseTo(500);
    expect(result.use['KMS quota'].steady).toBeCloseTo(1);
    expect(result.firstLimit?.resource).toBe('KMS quota');
  });

  it('reads pages as the product does: what is asked in 20 seconds, 500 records at most', () => {
    expect(page(small, 'migrate', 2, calibration).dataKeys).toBe(40);
    expect(page(small, 'migrate', 1_000, calibration).dataKeys).toBe(500);
  });
});

describe('the simulation', () => {
  it.each(PROFILES.map(profile => [profile.name, profile] as const))(
    'loses and invents no data key: %s',
    (_, profile) => {
      const few = { ...profile, dataKeys: 50_000_000 };
      expect(played(few).dataKeys).toBeCloseTo(50_000_000, 0);
    },
  );

  it('names a planted hot partition as the first limit, and is held by it', () => {
    const result = played({ ...small, rate: 10_000 }, { inOnePartition: 0.5 });
    expect(result.firstLimit?.resource).toBe('writes of the busiest partition of a table');
    expect(result.steadyRate).toBeCloseTo(LIMITS.partitionWrites / 0.5);
  });

  it('does not believe a calibration with a number missing', () => {
    const [, ...rest] = Object.keys(calibration);
    const inputs = Object.fromEntries(rest.map(name => [name, { value: 1, source: 'measured' }]));
    expect(() => calibrated({ date: 'today', machine: 'none', inputs })).toThrow(Object.keys(calibration)[0]);
  });
});

describe('a calibration with the CPU that the bench has measured', () => {
  const measured = { table: { migrate: 796, verify: 370 }, bucket: { migrate: 1_000, verify: 500 } };
  const on = { date: '2026-11-28', machine: 'quiet' };
  const { calibration: c, from } = calibrated(withMeasuredCpu(readCalibrationFile(), measured, on));

  it('divides it as it was divided before, and leaves the latencies of AWS as they were', () => {
    expect(c.tableMigrateAsking + c.tableMigrateRest).toBeCloseTo(796);
    expect(c.tableMigrateAsking / c.tableMigrateRest).toBeCloseTo(
      calibration.tableMigrateAsking / calibration.tableMigrateRest,
    );
    expect(c.bucketVerifyAsking + c.bucketVerifyRest).toBeCloseTo(500);
    expect(c.kmsMilliseconds).toBe(calibration.kmsMilliseconds);
    expect(from.machine).toBe('quiet');
  });
});

describe('a verify pass by the journal', () => {
  const byJournal = (profile: Profile): PassResult =>
    runPass({ profile, pass: 'by journal', cut: cut(profile), calibration });

  it('takes a quarter of the reads of a table and no more, however many workers it has', () => {
    for (const workers of [50, 500]) {
      const { use } = byJournal({ ...small, workers });
      expect(use['reads of the busiest table'].steady).toBeLessThanOrEqual(0.25 + 1e-9);
      expect(use['reads of the busiest table'].steady).toBeGreaterThan(0.24);
    }
  });

  it('visits no more objects in a second than KMS may be asked about', () => {
    const { use } = byJournal({ ...small, store: 'bucket' });
    expect(use['reads under the prefix'].peak * LIMITS.prefixReads).toBeLessThanOrEqual(1.01 * small.rate);
  });
});

describe('a billion data keys', () => {
  const { profiles } = simulate(readCalibration());

  it.each(profiles.map(one => [one.profile.name, one] as const))(
    'sustain 95 %% of the tightest quota: %s',
    (_, { passes }) => {
      for (const { sustained } of passes) expect(sustained).toBeGreaterThanOrEqual(0.95);
    },
  );

  it('meet no limit once all workers are there, and Report has room for all units', () => {
    for (const { passes, bounds } of profiles) {
      for (const { use } of passes)
        for (const { steady } of Object.values(use)) expect(steady).toBeLessThanOrEqual(1);
      for (const used of Object.values(bounds.use)) expect(used).toBeLessThan(0.5);
    }
  });

  it('take no more workers than a job may have', () => {
    for (const { workers } of PROFILES) expect(workers).toBeLessThanOrEqual(MAX_CONCURRENCY);
  });
});

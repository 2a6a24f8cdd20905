import { workDigest } from '../../lambda/core/plan/continue-run.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import type { PlannedRun } from '../../lambda/core/plan/plan-request.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { KnownKeyMaterial, Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { job, OLD_KEY } from './builders.ts';
import { key, keys, planOf, ports, REQUEST, stores, table } from './plan-ports.ts';

/** The units of the finished run. */
export const LEFT: readonly Unit[] = [2, 0, 1].map(segment => ({
  ...{ runId: 'done', unitId: `old-${segment}`, store: 0 },
  range: { type: 'segment', segment, totalSegments: 3 },
}));

export interface After {
  readonly latest?: Partial<LatestRun>;
  readonly earlier?: Partial<RunPlan>;
  readonly units?: readonly Unit[] | Error;
  /** Of the finished run. @default it has expired */
  readonly report?: Report | Error;
  readonly input?: object;
  readonly now?: Partial<Job>;
  readonly items?: number;
  readonly disabled?: boolean;
  /** One of the workers of that run began a page just now. */
  readonly atWork?: boolean;
  readonly materials?: readonly KnownKeyMaterial[];
}

/** Plans a run after a finished one, which had the same plan except for what a test changes. */
export async function planAfter({
  latest = {},
  earlier = {},
  units = LEFT,
  report,
  ...given
}: After): Promise<PlannedRun> {
  const before: RunPlan = { ...(await planOf({}, {})), runId: 'done', unitsPerStore: [3], ...earlier };
  const lastFinished = { runId: 'done', startedAt: before.startedAt, jobDigest: '' };
  const known = { runId: 'done', workDigest: workDigest(before), finished: true, lastFinished, ...latest };
  const { disabled = false, items = 2_000, materials = [] } = given;
  return planRun(
    { ...REQUEST, jobs: [job(given.now)], input: { job: 'orders', mode: 'migrate', ...given.input } },
    {
      ...ports({
        keys: keys({
          keyMaterials: arn => Promise.resolve(materials.filter(({ keyArn }) => keyArn === arn)),
          describeKey: arn =>
            Promise.resolve(key(arn, disabled && arn === OLD_KEY ? { state: 'Disabled' } : {})),
        }),
        stores: stores({
          describeTable: () => Promise.resolve({ kind: 'found', description: table({ itemCount: items }) }),
        }),
      }),
      latestRuns: { latest: (_job, mode) => Promise.resolve(mode === 'migrate' ? known : undefined) },
      pastRuns: {
        ...ports().pastRuns,
        plan: runId => Promise.resolve(runId === 'done' ? before : undefined),
        lastPageAt: () => Promise.resolve(given.atWork === true ? REQUEST.now : undefined),
        report: () => (report instanceof Error ? Promise.reject(report) : Promise.resolve(report)),
        units: () => (units instanceof Error ? Promise.reject(units) : Promise.resolve(units)),
      },
    },
  );
}

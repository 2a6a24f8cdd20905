import { PremiseBroken, RunRefused } from '../../lambda/core/model/errors.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Phase, Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { Stage } from '../support/stack.ts';
import type { Random } from './random.ts';
import type { Schedule } from './schedule.ts';
import type { Service } from './service.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Weather } from './weather.ts';
import { Party } from './wire.ts';

export interface RunEnd {
  readonly runId: string;
  readonly state: 'succeeded' | 'failed' | 'refused' | 'aborted';
  readonly plan?: RunPlan;
  readonly report?: Report;
  readonly words?: string;
}

interface Execution {
  readonly runId: string;
  plan?: RunPlan;
  /** StopExecution: nothing more is started. What is under way continues. */
  aborted: boolean;
  over: boolean;
}

/** Whose role the worker of a pass has. */
export const WORKER_OF = {
  migrate: 'MigrateUnit',
  verify: 'VerifyUnit',
  rollback: 'RollbackUnit',
} as const satisfies Record<Phase, Stage>;

/** Looks on while a pass is at work. */
export interface Passes {
  begins(phase: Phase): void;
  /** Its workers have answered; a report is not made yet. */
  ends(phase: Phase): Promise<void>;
}

interface World {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly weather: Weather;
  readonly passes?: Passes;
}

/** Retries of a worker, as in lib/pipeline/retry.ts. */
const WORKER_TRIES = 6;

/**
 * What Step Functions does with the pipeline: plan, maps of units, report, and retries. A map that fails starts no more
 * children, but cannot stop the invocations that are under way.
 */
export class Pipeline {
  readonly runs: Execution[] = [];
  readonly #service: Service;
  readonly #schedule: Schedule;
  readonly #world: World;
  #parties = 0;
  #rough = false;

  constructor(service: Service, schedule: Schedule, world: World) {
    this.#service = service;
    this.#schedule = schedule;
    this.#world = world;
  }

  get current(): Execution | undefined {
    return this.runs.find(({ over }) => !over);
  }

  turn(rough: boolean): void {
    this.#rough = rough;
    this.#world.weather.turn(rough);
  }

  /** One complete execution. */
  async run(input: { readonly mode: string; readonly [field: string]: unknown }): Promise<RunEnd> {
    const runId = `orders-${input.mode}-${String(this.runs.length + 1).padStart(3, '0')}`;
    const execution: Execution = { runId, aborted: false, over: false };
    this.runs.push(execution);
    try {
      return await this.#execute(execution, { job: 'orders', ...input });
    } finally {
      execution.over = true;
    }
  }

  async #execute(execution: Execution, input: object): Promise<RunEnd> {
    const { runId } = execution;
    const results: UnitProgress[] = [];
    try {
      const now = this.#world.time.now() + this.#skew();
      const { plan, units } = await this.#service.plan(runId, input, {
        party: this.#party('stage', 'Plan'),
        now,
      });
      execution.plan = plan;
      for (const phase of phasesOf(plan)) results.push(...(await this.#pass(execution, phase, units)));
      if (execution.aborted) return { runId, state: 'aborted', plan };
      const party = this.#party('stage', 'Report');
      const report = await this.#service.report({ runId, manifests: [] }, { party, results });
      return { runId, state: report.state, plan, report };
    } catch (error) {
      return this.#failed(execution, error as Error);
    }
  }

  async #failed({ runId, plan, aborted }: Execution, error: Error): Promise<RunEnd> {
    if (aborted) return { runId, state: 'aborted', ...(plan !== undefined && { plan }) };
    const words = `${error.name}: ${error.message}`;
    if (plan === undefined)
      return { runId, state: error instanceof RunRefused ? 'refused' : 'failed', words };
    const request = { runId, error: { Error: error.name, Cause: error.message } };
    const party = this.#party('stage', 'Report');
    const report = await this.#service.report(request, { party, results: [] }).catch(() => undefined);
    return { runId, state: 'failed', plan, words, ...(report !== undefined && { report }) };
  }

  #pass(execution: Execution, phase: Phase, units: readonly Unit[]): Promise<readonly UnitProgress[]> {
    const { passes } = this.#world;
    passes?.begins(phase);
    const map = this.#map(execution, phase, units);
    return passes === undefined
      ? map
      : map.then(async results => {
          await passes.ends(phase);
          return results;
        });
  }

  /** A distributed map. Throws the error of the first unit that failed for good. */
  async #map(execution: Execution, phase: Phase, units: readonly Unit[]): Promise<readonly UnitProgress[]> {
    const waiting = [...units];
    const results: UnitProgress[] = [];
    let failure: Error | undefined;
    const child = async (): Promise<void> => {
      for (let unit = waiting.shift(); unit !== undefined && failure === undefined; unit = waiting.shift())
        results.push(await this.#untilDone(execution, phase, unit));
    };
    const children = Array.from({ length: execution.plan?.workers ?? 1 }, () => child());
    // The first failure ends the map at once; it does not wait for its other children.
    await Promise.all(
      children.map(one =>
        one.catch((error: unknown) => {
          failure = error as Error;
          throw error;
        }),
      ),
    );
    return results;
  }

  async #untilDone(execution: Execution, phase: Phase, unit: Unit): Promise<UnitProgress> {
    for (;;) {
      const progress = await this.#withRetries(execution, phase, unit);
      if (progress.done) return progress;
      if (progress.paused !== undefined) await this.#world.time.sleep(60_000);
    }
  }

  async #withRetries(execution: Execution, phase: Phase, unit: Unit): Promise<UnitProgress> {
    const { time, random, weather } = this.#world;
    for (let tries = 1; ; tries++) {
      if (execution.aborted) throw new Error('the execution was stopped');
      if (this.#rough && random.chance(this.#schedule.duplicates)) {
        weather.count('unit delivered twice');
        this.#invoke(phase, unit).catch(() => undefined);
      }
      try {
        return await this.#invoke(phase, unit);
      } catch (error) {
        if (error instanceof PremiseBroken || tries === WORKER_TRIES) throw error;
        await time.sleep(random.next() * 5_000 * 2 ** tries);
      }
    }
  }

  /** One invocation of a worker: it answers, fails, is killed, or runs out of time. */
  async #invoke(phase: Phase, unit: Unit): Promise<UnitProgress> {
    const { time } = this.#world;
    const party = this.#party('worker', WORKER_OF[phase]);
    const timeoutMs = this.#schedule.workerTimeoutSeconds * 1000;
    const [endsAt, skew] = [time.now() + timeoutMs, this.#skew()];
    const timer = setTimeout(() => party.kill(), timeoutMs);
    const work = this.#service.work(phase, unit, {
      party,
      clock: { now: () => Date.now() + skew },
      deadline: { remaining: () => endsAt - time.now() },
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, died(party)]);
    } finally {
      clearTimeout(timer);
      // Anything it left running is frozen with its sandbox.
      party.kill();
    }
  }

  #skew(): number {
    const { clockSkewMs } = this.#schedule;
    if (!this.#rough || clockSkewMs === 0) return 0;
    this.#world.weather.count('clock off');
    return this.#world.random.between(-clockSkewMs, clockSkewMs);
  }

  #party(kind: 'stage' | 'worker', stage: Stage): Party {
    return new Party(`${kind}-${++this.#parties}`, 40, stage);
  }
}

/** Killed, or out of time: no retrier can tell Lambda's words for the two apart. */
async function died({ death }: Party): Promise<never> {
  await death;
  throw new Error('the invocation was killed');
}

function phasesOf({ mode, verify }: RunPlan): readonly Phase[] {
  switch (mode) {
    case 'census':
      return ['migrate'];
    case 'migrate':
      return verify ? ['migrate', 'verify'] : ['migrate'];
    case 'verify':
    case 'rollback':
      return [mode];
  }
}

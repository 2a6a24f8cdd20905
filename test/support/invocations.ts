import { migrateUnit, type MigratePorts } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { KeyService, ReEncryptRequest } from '../../lambda/core/ports.ts';
import type { OutcomeArchive } from '../../lambda/core/journal/ports.ts';
import { Pace } from '../../lambda/core/reencrypt/pace.ts';
import type { UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import type { FakePorts } from './fake-ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How long KMS, a table and a bucket take to answer. */
const ANSWER_MS = 20;

export interface Invocation {
  readonly progress: UnitProgress | 'killed';
  /** Time from the start of the invocation to its answer. */
  readonly tookMs: number;
  readonly requests: number;
}

export interface Sandbox {
  readonly clock: VirtualClock;
  readonly world: FakePorts;
  /** The timeout of the function. */
  readonly timeoutMs: number;
  /** The worker's share of the rate. */
  readonly share: number;
  /** The time after which something else ends the invocation early. */
  readonly killedAfterMs?: number;
}

/** One invocation of a worker. Each call takes time, KMS is called at the worker's pace, and a kill ends everything. */
export async function invoke(
  phase: 'migrate' | 'verify',
  scope: UnitScope,
  { clock, world, timeoutMs, share, killedAfterMs = timeoutMs }: Sandbox,
): Promise<Invocation> {
  const startedAt = clock.now();
  const endsAt = startedAt + Math.min(timeoutMs, killedAfterMs);
  /** Never returns once the invocation is over. */
  const passes = async (ms: number): Promise<void> => {
    await clock.sleep(ms);
    if (clock.now() >= endsAt) await new Promise(() => undefined);
  };
  const keys = new PacedKms(world.keys, () => clock.now(), passes);
  const ports = {
    ...slowed(world, passes),
    keys,
    shares: { take: () => Promise.resolve(share) },
    clock: { now: () => clock.now() },
    deadline: { remaining: () => startedAt + timeoutMs - clock.now() },
    wait: (ms: number) => clock.sleep(ms),
  };
  const work = phase === 'migrate' ? migrateUnit(scope, ports) : verifyUnit(scope, ports);
  const killed = clock.sleep(endsAt - startedAt).then(() => 'killed' as const);
  const progress = await Promise.race([work, killed]);
  return { progress, tookMs: clock.now() - startedAt, requests: keys.requests };
}

type Passes = (ms: number) => Promise<void>;

/** Lets time pass before and after each call, so that the invocation may be killed on either side. */
function slowed(world: FakePorts, passes: Passes): MigratePorts & { readonly archive: OutcomeArchive } {
  const slow = <Given extends readonly unknown[], T>(call: (...given: Given) => Promise<T>) => {
    return async (...given: Given): Promise<T> => {
      await passes(ANSWER_MS / 2);
      const answer = await call(...given);
      await passes(ANSWER_MS / 2);
      return answer;
    };
  };
  const { records, journal, ledger } = world;
  return {
    ...world,
    archive: journal,
    records: {
      readPage: slow(records.readPage.bind(records)),
      find: slow(records.find.bind(records)),
      reread: slow(records.reread.bind(records)),
      takes: records.takes.bind(records),
      write: slow(records.write.bind(records)),
    },
    journal: {
      writeIntents: slow(journal.writeIntents.bind(journal)),
      writeOutcomes: slow(journal.writeOutcomes.bind(journal)),
      writeUnproven: slow(journal.writeUnproven.bind(journal)),
    },
    ledger: {
      lastCheckpoint: slow(ledger.lastCheckpoint.bind(ledger)),
      checkpoint: slow(ledger.checkpoint.bind(ledger)),
      readControl: slow(ledger.readControl.bind(ledger)),
      breakPremise: slow(ledger.breakPremise.bind(ledger)),
      noteTrouble: slow(ledger.noteTrouble.bind(ledger)),
      distrustJournals: slow(ledger.distrustJournals.bind(ledger)),
      renewLease: slow(ledger.renewLease.bind(ledger)),
      noteVerifying: slow(ledger.noteVerifying.bind(ledger)),
    },
  };
}

/** The pace of the real key service, in front of a KMS in memory. */
class PacedKms implements KeyService {
  requests = 0;
  readonly #kms: KeyService;
  readonly #now: () => number;
  readonly #passes: Passes;
  readonly #pace = new Pace(1);
  #row: Promise<unknown> = Promise.resolve();
  #sinceTaken = 0;

  constructor(kms: KeyService, now: () => number, passes: Passes) {
    this.#kms = kms;
    this.#now = now;
    this.#passes = passes;
  }

  async reEncrypt(request: ReEncryptRequest) {
    await this.#sent();
    return this.#kms.reEncrypt(request);
  }

  async tryReEncrypt(request: ReEncryptRequest) {
    await this.#sent();
    return this.#kms.tryReEncrypt(request);
  }

  pace(requestsPerSecond: number): void {
    this.#pace.setShare(requestsPerSecond);
  }

  takeUsage(): { requests: number; throttled: number } {
    const requests = this.#sinceTaken;
    this.#sinceTaken = 0;
    return { requests, throttled: 0 };
  }

  async #sent(): Promise<void> {
    const turn = this.#row.then(() => this.#turn());
    this.#row = turn;
    await turn;
    this.requests++;
    this.#sinceTaken++;
    await this.#passes(ANSWER_MS);
  }

  /** KMS counts a request when it comes. */
  async #turn(): Promise<void> {
    const now = this.#now();
    await this.#passes(this.#pace.next(now) - now);
    this.#pace.sent(this.#now());
    this.#pace.answered(this.#now(), this.#now());
  }
}

import type { Injection } from '../../emulator/faults.ts';
import { passingInjection } from './passing-weather.ts';
import type { Random } from './random.ts';
import { BUCKET, TABLE } from './records.ts';
import type { KillPoint, Schedule, Trouble } from './schedule.ts';
import type { Call, Departure, Hooks } from './wire.ts';

export const LEDGER = 'Ledger';
export const JOURNAL = 'journal';
export const RUNS = 'runs';

type Matcher = (departure: Departure) => boolean;

const isStoreRead: Matcher = ({ service, operation, target }) =>
  (service === 'dynamodb' && target === TABLE && ['Scan', 'GetItem', 'BatchGetItem'].includes(operation)) ||
  (service === 's3' && inBucket(target) && ['ListObjectsV2', 'HeadObject', 'GetObject'].includes(operation));
export const isStoreWrite: Matcher = ({ service, operation, target }) =>
  (service === 'dynamodb' && target === TABLE && WRITES.includes(operation)) ||
  (service === 's3' && inBucket(target) && WRITES.includes(operation));
export const isReEncrypt: Matcher = ({ operation }) => operation === 'ReEncrypt';
export const isIntents: Matcher = ({ operation, target }) =>
  operation === 'PutObject' && target.startsWith(`${JOURNAL}/intents/`);
const isOutcomes: Matcher = ({ operation, target }) =>
  operation === 'PutObject' && target.startsWith(`${JOURNAL}/outcomes/`);
const isCheckpoint: Matcher = ({ operation, target, body }) =>
  operation === 'UpdateItem' && target === LEDGER && body.includes('SET progress');

/** Every operation that changes a record. The product may use five of them. */
const WRITES = [
  'UpdateItem',
  'BatchExecuteStatement',
  'PutItem',
  'DeleteItem',
  'BatchWriteItem',
  'CopyObject',
  'CompleteMultipartUpload',
  'PutObject',
  'DeleteObject',
  'DeleteObjects',
  'PutObjectTagging',
];

function inBucket(target: string): boolean {
  return target === BUCKET || target.startsWith(`${BUCKET}/`);
}

const POINTS: Readonly<Record<KillPoint, { readonly when: 'leaving' | 'handled'; readonly match: Matcher }>> =
  {
    '1 reading': { when: 'handled', match: isStoreRead },
    '2 before asking KMS': { when: 'leaving', match: isReEncrypt },
    '3 asked KMS': { when: 'handled', match: isReEncrypt },
    '4 before the journal': { when: 'leaving', match: isIntents },
    '5 journalled': { when: 'handled', match: isIntents },
    '6 before a write': { when: 'leaving', match: isStoreWrite },
    '6 written': { when: 'handled', match: isStoreWrite },
    '7 before the outcomes': { when: 'leaving', match: isOutcomes },
    '7 outcomes journalled': { when: 'handled', match: isOutcomes },
    '7 before the checkpoint': { when: 'leaving', match: isCheckpoint },
    '7 checkpoint stored': { when: 'handled', match: isCheckpoint },
  };

/** Everything that goes wrong in a schedule, and what has gone wrong so far. */
export class Weather implements Hooks {
  /** Faults injected, by kind. */
  readonly injected = new Map<string, number>();
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly #seen = new Map<KillPoint, number>();
  readonly #onCall: (call: Call) => void;
  #rough = false;
  #since = 0;

  constructor(schedule: Schedule, random: Random, onCall: (call: Call) => void) {
    this.#schedule = schedule;
    this.#random = random;
    this.#onCall = onCall;
  }

  /** Calm weather is for seeding, for proofs and for the finishing run. */
  turn(rough: boolean): void {
    this.#rough = rough;
    this.#since = Date.now();
    this.#seen.clear();
  }

  leaving(departure: Departure): number {
    if (!this.#rough || !isWorker(departure)) return 0;
    this.#kill('leaving', departure);
    const { stalls, stallMs } = this.#schedule;
    const stalled = (isStoreWrite(departure) || isIntents(departure)) && this.#random.chance(stalls);
    if (!stalled) return 0;
    this.#count('worker stalled');
    return this.#random.between(1, stallMs);
  }

  inject(departure: Departure): Injection | undefined {
    const { faultRate, troubles, passing } = this.#schedule;
    if (!this.#rough || !isProduct(departure)) return undefined;
    const at = { random: this.#random, sinceMs: Date.now() - this.#since };
    const injection =
      passingInjection(departure, passing, at) ??
      (this.#random.chance(faultRate)
        ? injectionOf(this.#random.pick(troubles), departure, this.#random)
        : undefined);
    if (injection !== undefined) this.#count(nameOf(injection, departure));
    return injection;
  }

  handled(call: Call): void {
    this.#onCall(call);
    if (this.#rough && isWorker(call)) this.#kill('handled', call);
  }

  count(what: string): void {
    this.#count(what);
  }

  #kill(when: 'leaving' | 'handled', departure: Departure): void {
    for (const [point, rule] of Object.entries(POINTS) as [KillPoint, (typeof POINTS)[KillPoint]][]) {
      if (rule.when !== when || !rule.match(departure)) continue;
      const times = (this.#seen.get(point) ?? 0) + 1;
      this.#seen.set(point, times);
      if (!departure.party.alive) continue;
      if (!this.#schedule.kills.some(kill => kill.point === point && kill.nth === times)) continue;
      departure.party.kill();
      this.#count(`worker killed at ${point}`);
    }
  }

  #count(what: string): void {
    this.injected.set(what, (this.injected.get(what) ?? 0) + 1);
  }
}

/** Workers are named `worker-…`; Plan and Report `stage-…`; all other names are not part of the product. */
export function isWorker({ party }: Pick<Departure, 'party'>): boolean {
  return party.name.startsWith('worker-');
}

export function isProduct(departure: Pick<Departure, 'party'>): boolean {
  return isWorker(departure) || departure.party.name.startsWith('stage-');
}

/** An error that the service documents for such a call; `undefined` if the service has no such trouble. */
function injectionOf(
  trouble: Trouble,
  { service, operation, target }: Departure,
  random: Random,
): Injection | undefined {
  const error = (name: string, status: number): Injection => ({ kind: 'error', error: name, status });
  switch (trouble) {
    case 'throttling':
      if (service === 's3') return error('SlowDown', 503);
      if (service === 'kms') return error('ThrottlingException', 400);
      return error(random.pick(['ProvisionedThroughputExceededException', 'ThrottlingException']), 400);
    case 'server-errors':
      if (service === 's3')
        return error(random.pick(['InternalError', 'ServiceUnavailable']), random.pick([500, 503]));
      if (service === 'dynamodb') return error('InternalServerError', 500);
      return error(
        random.pick(['KMSInternalException', 'KeyUnavailableException', 'DependencyTimeoutException']),
        500,
      );
    case 'lost-answers':
      return { kind: random.pick(['lost-request', 'lost-response'] as const) };
    case 'silence':
      return { kind: 'no-answer' };
    case 'conflicts':
      if (operation === 'CopyObject' || (operation === 'PutObject' && target.startsWith(`${BUCKET}/`)))
        return random.chance(0.5)
          ? error('ConditionalRequestConflict', 409)
          : error('PreconditionFailed', 412);
      if (operation === 'PutObject' && target.startsWith(`${JOURNAL}/`))
        return error('ConditionalRequestConflict', 409);
      return operation === 'UpdateItem' && target === TABLE
        ? error(random.pick(['TransactionConflictException', 'ReplicatedWriteConflictException']), 400)
        : undefined;
  }
}

function nameOf(injection: Injection, { service }: Departure): string {
  return `${service} ${injection.kind === 'error' ? injection.error : injection.kind}`;
}

import { gunzipSync } from 'node:zlib';
import { sha256 } from './envelope.ts';
import { BUCKET, TABLE } from './records.ts';
import type { Findings } from './violations.ts';
import { isIntents, isReEncrypt, isStoreWrite, isWorker, isProduct, JOURNAL, LEDGER } from './weather.ts';
import type { Call } from './wire.ts';

/** An intent as the journal's documentation describes it: docs/journal.md. */
export interface JournalledIntent {
  readonly locator: string;
  readonly dataKeys: readonly JournalledDataKey[];
  readonly createsRecord?: true;
  readonly undo: readonly { readonly path: readonly (string | number)[]; readonly before: unknown }[];
}

interface JournalledDataKey {
  readonly oldCiphertext: string | null;
  readonly oldDigest: string | null;
  readonly newDigest: string;
  readonly destination: { readonly keyArn: string };
  readonly kmsRequestIds: readonly string[];
}

export interface Rate {
  /** Requests per second. */
  readonly rate: number;
  /** How many may ask; of a fleet with followers in it, those count that have asked within the second. */
  readonly workers: number | 'who asked';
}

/**
 * Watches every call as it takes effect. Was the change journalled first? May the product make it? Does the product keep its
 * rate, and stop when it is told to?
 */
export class Watch {
  /** By locator: intents that are durable. */
  readonly intents = new Map<string, JournalledIntent[]>();
  /** Writes to stores that took effect, since this was last set to 0. */
  writes = 0;
  readonly #findings: Findings;
  /** The operations that may change an object. */
  readonly #writesOfObjects: readonly string[];
  readonly #kms = new Map<string, readonly Asked[]>();
  readonly #pagesAfterStop = new Map<string, Set<string>>();
  readonly #stoppedRuns = new Set<string>();

  constructor(findings: Findings, writesOfObjects: readonly string[]) {
    this.#findings = findings;
    this.#writesOfObjects = writesOfObjects;
  }

  /** What one worker, and all of them together, may send. The latter is absent if units may get two workers. */
  rates: { readonly worker?: Rate; readonly fleet?: Rate } = {};

  see(call: Call): void {
    if (took(call) && isStop(call)) this.#seeStop(call);
    if (!isProduct(call)) return;
    this.#findings.count('calls of the product');
    if (call.service === 'kms') this.#seeKms(call);
    if (!took(call)) return;
    if (isIntents(call)) this.#seeIntents(call);
    if (isStoreWrite(call)) this.#seeWrite(call);
  }

  /** Forgets what belongs to one run: rates apply to one run at a time. */
  nextRun(rates: Watch['rates']): void {
    this.rates = rates;
    this.#kms.clear();
    this.#pagesAfterStop.clear();
  }

  #seeKms(call: Call): void {
    this.#findings.expect(
      ['ReEncrypt', 'DescribeKey', 'ListKeyRotations'].includes(call.operation),
      8,
      `${call.party.name} called kms:${call.operation}`,
    );
    if (!isReEncrypt(call) || !isWorker(call)) return;
    const { worker, fleet } = this.rates;
    const asked = { at: call.at, by: call.party.name };
    if (worker !== undefined) this.#keepsRate(call.party.name, worker, asked);
    if (fleet !== undefined) this.#keepsRate('the fleet', fleet, asked);
  }

  /**
   * Requests within the last second, including this one. A worker may catch up a tenth of a second, latency may push two
   * requests closer together, and a window may split one: so each worker may send one more.
   */
  #keepsRate(who: string, { rate, workers }: Rate, asked: Asked): void {
    const times = [...(this.#kms.get(who) ?? []), asked].filter(({ at }) => at > asked.at - 1000);
    this.#kms.set(who, times);
    const several = workers === 'who asked' ? new Set(times.map(({ by }) => by)).size : workers;
    if (times.length > rate * (1 + CATCH_UP_SECONDS + LATENCY_SECONDS) + several)
      this.#findings.violate(7, `${who} sent ${times.length} requests within a second, its rate is ${rate}`);
  }

  #seeIntents(call: Call): void {
    const lines = gunzipSync(call.body).toString('utf8').trim().split('\n');
    for (const line of lines) {
      const intent = JSON.parse(line) as JournalledIntent;
      this.intents.set(intent.locator, [...(this.intents.get(intent.locator) ?? []), intent]);
      for (const { oldCiphertext, oldDigest } of intent.dataKeys) {
        const old = oldCiphertext === null ? null : sha256(Buffer.from(oldCiphertext, 'base64'));
        this.#findings.expect(old === oldDigest, 3, `the intent of ${intent.locator} has another digest`);
      }
    }
    const run = /run=([^/]+)\//.exec(call.target)?.[1] ?? '';
    if (this.#stoppedRuns.has(run)) this.#seePageAfterStop(call);
  }

  /**
   * A worker that was working on a page when its run was stopped may finish it, but begins no other. A page has more than
   * one object if an answer got lost, or if a change was made again.
   */
  #seePageAfterStop({ party, target }: Call): void {
    const page = target.slice(0, target.indexOf('-attempt'));
    const pages = (this.#pagesAfterStop.get(party.name) ?? new Set()).add(page);
    this.#pagesAfterStop.set(party.name, pages);
    this.#findings.expect(
      pages.size <= 1,
      6,
      `${party.name} began ${pages.size} pages after its run was stopped`,
    );
  }

  #seeStop({ body }: Call): void {
    const { Key } = JSON.parse(body.toString('utf8')) as {
      readonly Key: { readonly run: { readonly S: string } };
    };
    this.#stoppedRuns.add(Key.run.S);
  }

  #seeWrite(call: Call): void {
    const { operation, target, party } = call;
    if (operation === 'BatchExecuteStatement') this.#findings.count('batches of the product');
    const allowed = target === TABLE ? ['UpdateItem', 'BatchExecuteStatement'] : this.#writesOfObjects;
    this.#findings.expect(allowed.includes(operation), 8, `${party.name} called ${operation} on ${target}`);
    for (const locator of locatorsOf(call)) {
      this.writes++;
      this.#findings.count('writes of the product');
      this.#findings.expect(
        this.intents.has(locator),
        3,
        `${locator} was written by ${party.name}, and no intent was durable in ${JOURNAL}`,
      );
    }
  }
}

interface Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
}

const CATCH_UP_SECONDS = 0.1;
const LATENCY_SECONDS = 0.04;

/** A call that changed something. Errors and lost requests change nothing; a call whose answer got lost may have. */
export function took({ status }: Call): boolean {
  return typeof status === 'number' ? status < 300 : status === 'lost-response';
}

/** A worker or operator that stops a run says so in the ledger. */
function isStop({ target, body }: Call): boolean {
  return target === LEDGER && body.includes('brokenPremise = if_not_exists');
}

/** What a call has written, or may have written if its answer got lost. */
export function locatorsOf({ operation, target, body, answer }: Call): readonly string[] {
  if (target !== TABLE) return [target.slice(BUCKET.length + 1)];
  const {
    Key,
    Item,
    Statements = [],
  } = JSON.parse(body.toString('utf8')) as {
    readonly Key?: object;
    readonly Item?: { readonly id: object };
    readonly Statements?: readonly Stated[];
  };
  if (operation !== 'BatchExecuteStatement') return [JSON.stringify(Key ?? { id: Item?.id })];
  const { Responses = [] } = JSON.parse(answer === '' ? '{}' : answer) as {
    readonly Responses?: readonly { readonly Error?: object }[];
  };
  return Statements.filter((_, index) => Responses[index]?.Error === undefined).map(idOf);
}

interface Stated {
  readonly Statement: string;
  readonly Parameters: readonly object[];
}

/** The parameter that `"id"` is compared with, as a locator. */
function idOf({ Statement, Parameters }: Stated): string {
  const before = Statement.slice(0, Statement.indexOf('"id"=?'));
  return JSON.stringify({ id: Parameters[before.split('?').length - 1] });
}

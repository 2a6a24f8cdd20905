import type { Checker, ReadReport } from '../checker.ts';
import type { ApplicationKeys } from '../application.ts';
import type { Passes } from '../pipeline.ts';
import { BUCKET, PREFIX, TABLE } from '../records.ts';
import type { Findings } from '../violations.ts';
import { locatorsOf, took } from '../watch.ts';
import { isIntents, isReEncrypt, isStoreWrite, LEDGER } from '../weather.ts';
import type { Call } from '../wire.ts';
import { isFollower, nameOf, type Followers } from './followers.ts';

type PassPhase = Parameters<Passes['begins']>[0];

/** Sees what followers write, and when. */
export class FollowerWatch {
  /** Runs of followers that have journalled something, in their order. */
  readonly runs = new Set<string>();
  /** Data keys that KMS has moved for followers, whether or not they have heard of it. */
  asked = 0;
  /** Data keys that were counted by requests whose answers got lost, so that they may have been counted once more. */
  #countedTwice = 0;
  /** Data keys that followers have written. */
  moved = 0;
  /** Why no follower may write. */
  forbidden: string | undefined;
  readonly #findings: Findings;
  readonly #old: string;

  constructor(findings: Findings, { old }: Pick<ApplicationKeys, 'old'>) {
    this.#findings = findings;
    this.#old = old;
  }

  hear(call: Call): void {
    if (!isFollower(call) || !took(call)) return;
    if (isReEncrypt(call)) this.#seeAnswer(call);
    const [, run] = (isIntents(call) && /run=([^/]+)\//.exec(call.target)) || [];
    if (run !== undefined) this.runs.add(run);
    if (isStoreWrite(call)) this.#seeWrite(call);
    if (call.status === 'lost-response' && isCount(call)) this.#countedTwice += countOf(call);
  }

  #seeAnswer({ body }: Call): void {
    const { SourceKeyId, DestinationKeyId, DryRun } = JSON.parse(body.toString()) as {
      readonly SourceKeyId?: string;
      readonly DestinationKeyId?: string;
      readonly DryRun?: boolean;
    };
    if (SourceKeyId === this.#old && DestinationKeyId !== this.#old && DryRun !== true) this.asked++;
  }

  #seeWrite(call: Call): void {
    const written = locatorsOf(call);
    this.#findings.count('writes of followers', written.length);
    if (typeof call.status === 'number') this.moved += written.length;
    this.#findings.expect(
      this.forbidden === undefined || written.length === 0,
      'rollback',
      `${call.party.name} wrote ${written.join(', ')}, and ${this.forbidden}`,
    );
  }

  /** A count of late writes may be too high after a failure, by what KMS has moved or an answer that got lost; it is never too low. */
  checkCounted(counted: number): void {
    const most = this.asked + this.#countedTwice;
    this.#findings.count('late data keys counted', counted);
    this.#findings.expect(
      counted >= this.moved && counted <= most,
      5,
      `${counted} data keys were counted as late; ${this.moved} were written, and at most ${most} can have been`,
    );
  }
}

/** It counts late data keys in the ledger. */
function isCount({ target, body }: Call): boolean {
  return target === LEDGER && body.includes('SET lateAt');
}

function countOf({ body }: Call): number {
  const { ExpressionAttributeValues: values } = JSON.parse(body.toString()) as {
    readonly ExpressionAttributeValues: Readonly<Record<string, { readonly N: string }>>;
  };
  return Object.entries(values).reduce((sum, [name, { N }]) => (name === ':now' ? sum : sum + Number(N)), 0);
}

/**
 * A verdict says what a verify pass has seen, and nothing of what is written behind it. So if a data key lies under the old key at the end
 * of the pass, and nobody has written its record since the beginning, its store is not proven.
 */
export class VerdictWatch implements Passes {
  /** Hears that a pass begins. */
  onBegin: (phase: PassPhase) => void = () => undefined;
  readonly #followers: () => Followers;
  readonly #checker: () => Checker;
  readonly #old: () => string;
  #before: ReadonlyMap<string, number> = new Map();
  #late: readonly string[] = [];

  constructor(of: {
    readonly followers: () => Followers;
    readonly checker: () => Checker;
    readonly old: () => string;
  }) {
    this.#followers = of.followers;
    this.#checker = of.checker;
    this.#old = of.old;
  }

  begins(phase: PassPhase): void {
    this.#late = [];
    this.#before = new Map(this.#followers().writes);
    this.onBegin(phase);
  }

  async ends(phase: PassPhase): Promise<void> {
    if (phase !== 'verify') return;
    const stored = await this.#checker().snapshot();
    const { writes } = this.#followers();
    this.#late = [...stored]
      .filter(([, { keyArn }]) => keyArn === this.#old())
      .map(([name]) => name)
      .filter(name => writes.get(nameOf(name)) === this.#before.get(nameOf(name)));
  }

  check({ stores }: ReadReport, findings: Findings): void {
    for (const [store, place] of [
      [`dynamodb:${TABLE}`, 'table '],
      [`s3:${BUCKET}/${PREFIX}`, 'bucket '],
    ] as const) {
      const late = this.#late.filter(name => name.startsWith(place));
      const proven = stores.find(one => one.store === store)?.verdict.kind === 'proven';
      findings.count(`verdicts beside followers: ${proven ? 'proven' : 'not proven'}`);
      findings.expect(
        !proven || late.length === 0,
        10,
        `${store} is proven, and ${late.join(', ')} was under the old key all the time`,
      );
    }
  }
}

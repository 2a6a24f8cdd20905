import type { Before, OutcomesBefore } from '../journal/outcomes-before.ts';
import { materialOf, provenBefore } from '../journal/proven-before.ts';
import { contradictionOf, type Rests } from '../journal/resting.ts';
import type { Sample } from '../journal/sample.ts';
import { writtenLabel } from '../model/data-key.ts';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import { names, type PlannedKey } from '../model/key-use.ts';
import type { StoreRecord } from '../model/record.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { askTwinsOnce } from '../reencrypt/twins.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { Turns } from '../scan/turns.ts';
import { askedAbout, type DestinationAnswer, type DestinationKey } from './ask-destination.ts';
import { heard } from './sample-answer.ts';

export interface EarlierPorts {
  /** What an earlier run has journalled. */
  readonly before: OutcomesBefore;
  readonly key: PlannedKey;
  readonly destination: DestinationKey;
  readonly sample: Sample;
}

export interface Asking {
  readonly turns: Turns;
  /** Asks KMS as a run does that rests on nothing. */
  readonly ask: (found: readonly Found[]) => Promise<readonly PageAnswer[]>;
}

export interface EarlierAnswers {
  /** In the order of the page; of as many data keys as there was time for. */
  readonly answers: readonly PageAnswer[];
  readonly rests: ReadonlyMap<Found, Rests>;
  /** How many data keys KMS does not open as the journal says. */
  readonly contradicted: number;
  /** The page of the earlier journal that the last of these records stands in. */
  readonly reached: (records: readonly StoreRecord[]) => number;
}

interface Page {
  readonly records: readonly StoreRecord[];
  readonly found: readonly Found[];
}

/**
 * Data keys that the journal of an earlier run proves to be in place, in a pass that moves the others. A proof settles a data
 * key only as `already-current`: the very bytes lie there, under a context and beside a label that a reader takes, and KMS
 * has just named their key material as the current one. Everything else is asked as if there were no journal.
 */
export class EarlierProofs {
  readonly #ports: EarlierPorts;

  constructor(ports: EarlierPorts) {
    this.#ports = ports;
  }

  /** Asks about what the journal does not prove, then about the sample, then about what the journal proves no longer. */
  async answer({ records, found }: Page, { turns, ask }: Asking): Promise<EarlierAnswers> {
    const { sample } = this.#ports;
    const known = await this.#known(records);
    const proofs = this.#proofsOf(found, known);
    const sampled = sample.choose([...proofs.keys()]);
    const first = await ask(found.filter(one => !proofs.has(one)));
    this.#notice(first);
    const said = await this.#confirm([...sampled], turns);
    const contradicted = new Map([...proofs].filter(([one, proof]) => heard(sample, proof, said.get(one))));
    const settled = new Map(
      [...proofs].filter(([one, proof]) => sample.holds(proof) && isConfirmed(one, sampled, said)),
    );
    const later = await ask([...proofs.keys()].filter(one => !settled.has(one)));
    const answers = new Map<Found, PageAnswer>([
      ...first.map(one => [one.found, one] as const),
      ...later.map(one => [one.found, withReason(one, contradicted.get(one.found))] as const),
      ...[...settled].map(([one, proof]) => [one, asJournalled(one, proof, this.#ports.key)] as const),
    ]);
    return {
      answers: found.flatMap(one => answers.get(one) ?? []),
      rests: restsOf(proofs, { settled, sampled, contradicted }),
      contradicted: contradicted.size,
      reached: of => Math.max(0, ...of.map(record => known.get(record)?.page ?? 0)),
    };
  }

  async #known(records: readonly StoreRecord[]): Promise<ReadonlyMap<StoreRecord, Before>> {
    const known = new Map<StoreRecord, Before>();
    for (const record of records) {
      const before = await this.#ports.before.of(record.locator);
      if (before !== undefined) known.set(record, before);
    }
    return known;
  }

  #proofsOf(
    found: readonly Found[],
    known: ReadonlyMap<StoreRecord, Before>,
  ): ReadonlyMap<Found, DataKeyProof> {
    const { key } = this.#ports;
    const proofs = new Map<Found, DataKeyProof>();
    for (const one of found) {
      const proof = provenBefore(one.finding, known.get(one.record), key);
      if (proof !== undefined && isInPlace(one, key)) proofs.set(one, proof);
    }
    return proofs;
  }

  /** Exactly what the journal says is asked, so that another answer contradicts it. */
  #confirm(sampled: readonly Found[], turns: Turns): Promise<ReadonlyMap<Found, DestinationAnswer>> {
    return askTwinsOnce(sampled, ({ finding }) => askedAbout(finding), {
      ask: ({ finding }) => this.#ports.destination.ask(finding),
      turns,
    });
  }

  /** Any answer shows which key material is the current one. */
  #notice(answers: readonly PageAnswer[]): void {
    const { sample, key } = this.#ports;
    for (const { answer } of answers) {
      const current =
        answer.kind === 're-encrypted'
          ? answer.reply.destination
          : answer.outcome.kind === 'already-current'
            ? answer.outcome.source
            : undefined;
      if (current?.keyArn === key.keyArn) sample.notice(current);
    }
  }
}

/** The record is where it is wanted, and names no other key beside the data key. */
function isInPlace({ record, finding }: Found, key: PlannedKey): boolean {
  if (finding.kind !== 'data-key' || record.absent !== undefined) return false;
  const label = writtenLabel(finding);
  return label === undefined || names(key, label);
}

/** A data key of the sample counts only if KMS has opened it. */
function isConfirmed(
  one: Found,
  sampled: ReadonlySet<Found>,
  said: ReadonlyMap<Found, DestinationAnswer>,
): boolean {
  return !sampled.has(one) || said.get(one)?.kind === 're-encrypted';
}

function asJournalled(found: Found, proof: DataKeyProof, key: PlannedKey): PageAnswer {
  const outcome = { kind: 'already-current', source: materialOf(proof, key), proof } as const;
  return { found, answer: { kind: 'settled', outcome } };
}

function withReason({ found, answer }: PageAnswer, against: DataKeyProof | undefined): PageAnswer {
  if (against === undefined || answer.kind !== 'settled' || !('reason' in answer.outcome))
    return { found, answer };
  const { outcome } = answer;
  const reason = `${outcome.reason}; ${contradictionOf(against.kmsRequestIds)}`;
  return { found, answer: { kind: 'settled', outcome: { ...outcome, reason } } };
}

interface Proven {
  readonly settled: ReadonlyMap<Found, DataKeyProof>;
  readonly sampled: ReadonlySet<Found>;
  readonly contradicted: ReadonlyMap<Found, DataKeyProof>;
}

function restsOf(
  proofs: ReadonlyMap<Found, DataKeyProof>,
  { settled, sampled, contradicted }: Proven,
): ReadonlyMap<Found, Rests> {
  return new Map(
    [...proofs].map(([one, proof]) => [
      one,
      {
        sampled: sampled.has(one),
        contradicted: contradicted.has(one),
        ...(settled.has(one) && !sampled.has(one) && { proof }),
      },
    ]),
  );
}

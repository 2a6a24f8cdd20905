import * as z from 'zod/mini';
import type { UnitProgress } from '../model/books.ts';
import { JOURNAL_KINDS } from '../model/seal.ts';
import { once } from '../schema/once.ts';
import { merkleRoot } from './merkle-tree.ts';

const schema = once(() =>
  z.strictObject({
    unit: z.string(),
    kind: z.enum(JOURNAL_KINDS),
    head: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    objects: z.int().check(z.nonnegative()),
    lines: z.int().check(z.nonnegative()),
  }),
);

/** The end of one chain: of one kind of a unit's journal. */
export type UnitSeal = z.output<ReturnType<typeof schema>>;

/** The journal of a run in one number: see docs/evidence.md. */
export interface SealedJournal {
  /** Of the Merkle tree over the ends of all chains, in hex. */
  readonly root: string;
  readonly chains: number;
  readonly objects: number;
  readonly lines: number;
}

/** Collects the seals of a run while its units are folded: some 400 bytes for each unit. */
export class SealsOfRun {
  readonly #seals: UnitSeal[] = [];

  async *of(units: AsyncIterable<UnitProgress>): AsyncGenerator<UnitProgress> {
    for await (const unit of units) {
      for (const kind of JOURNAL_KINDS) {
        const seal = unit.sealed?.[kind];
        if (seal !== undefined) this.#seals.push({ unit: unit.unitId, kind, ...seal });
      }
      yield unit;
    }
  }

  /** JSON Lines in the order of units. */
  text(): string {
    return textOf(this.#seals);
  }

  /** Absent from a run without a journal. */
  inReport(): { readonly journal?: SealedJournal } {
    return this.#seals.length === 0 ? {} : { journal: this.sealed() };
  }

  sealed(): SealedJournal {
    return sealedJournal(this.#seals);
  }
}

export function sealedJournal(seals: readonly UnitSeal[]): SealedJournal {
  const sum = (count: (seal: UnitSeal) => number): number =>
    seals.reduce((total, seal) => total + count(seal), 0);
  return {
    root: rootOfSeals(textOf(seals)),
    chains: seals.length,
    objects: sum(({ objects }) => objects),
    lines: sum(({ lines }) => lines),
  };
}

function textOf(seals: readonly UnitSeal[]): string {
  const lines = seals.map(seal => JSON.stringify(seal)).sort();
  return lines.map(line => `${line}\n`).join('');
}

/** The leaves are the lines as they are, without their ends. */
export function rootOfSeals(text: string): string {
  return merkleRoot(text.split('\n').slice(0, -1));
}

/** Seals that somebody else may have written; the number of the first line that is none. */
export function readSeals(text: string): readonly UnitSeal[] | number {
  const lines = text.split('\n').slice(0, -1);
  const seals = lines.map(line => {
    try {
      return schema().safeParse(JSON.parse(line)).data;
    } catch {
      return undefined;
    }
  });
  const wrong = seals.indexOf(undefined);
  return wrong === -1 ? seals.filter(seal => seal !== undefined) : wrong + 1;
}

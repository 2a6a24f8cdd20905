import type { KeyCatalog } from '../keys/catalog.ts';
import { storePlaceText } from '../model/store-place.ts';
import type { StoreProof } from '../proof/store-proof.ts';
import { evidenceOf, type AskedPlace } from './evidence.ts';
import { blocks, type RetireFinding } from './findings.ts';

/** A key to which the data keys of a place were moved, as far as is known, and that does not work now. */
export interface LostDestination {
  readonly keyArn: string;
  readonly asked: AskedPlace;
  readonly runId: string;
  /** What KMS says of it. */
  readonly words: string;
}

interface Gathering {
  readonly proofs: readonly StoreProof[];
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
}

/** Nothing needs the key there any more; and yet it may be the only one that is left. */
export async function lostDestinations(
  places: readonly AskedPlace[],
  { proofs, keys }: Gathering,
): Promise<readonly LostDestination[]> {
  const lost: LostDestination[] = [];
  const states = new Map<string, string | undefined>();
  for (const asked of places)
    for (const { keyArn, runId } of destinationsOf(asked, proofs)) {
      if (!states.has(keyArn)) states.set(keyArn, await stateWords(keyArn, keys));
      const words = states.get(keyArn);
      if (words !== undefined) lost.push({ keyArn, asked, runId, words });
    }
  return lost;
}

interface Destination {
  readonly keyArn: string;
  /** The run that has moved the data keys of the key that is asked about. */
  readonly runId: string;
}

/** The last keys to which the data keys were moved: those that other runs have since moved them away from do not count. */
function destinationsOf(asked: AskedPlace, proofs: readonly StoreProof[]): readonly Destination[] {
  const found = new Map<string, Destination>();
  const seen = new Set([asked.keyArn]);
  const ahead = movesFrom(asked, proofs);
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const { keyArn, runId } = next;
    if (seen.has(keyArn)) continue;
    seen.add(keyArn);
    const further = movesFrom({ ...asked, keyArn }, proofs);
    if (further.length === 0) found.set(keyArn, next);
    else ahead.push(...further.map(one => ({ ...one, runId })));
  }
  return [...found.values()];
}

function movesFrom(asked: AskedPlace, proofs: readonly StoreProof[]): Destination[] {
  const evidence = evidenceOf(asked, proofs);
  if (evidence.kind !== 'proven') return [];
  return evidence.proofs
    .filter(({ verdict }) => verdict !== 'empty')
    .map(({ destinationKeyArn, runId }) => ({ keyArn: destinationKeyArn, runId }));
}

/** Of a key that may not be described nothing is known, and nothing is said: it may be of another account. */
async function stateWords(keyArn: string, keys: Gathering['keys']): Promise<string | undefined> {
  const lookup = await keys.describeKey(keyArn);
  if (lookup.kind === 'not-found') return 'does not exist any more';
  return lookup.kind === 'found' ? STATES[lookup.key.state] : undefined;
}

/** KMS developer guide, key states: those in which it opens nothing, and which do not end by themselves. */
const STATES: Readonly<Record<string, string>> = {
  Disabled: 'is disabled',
  PendingDeletion: 'is pending deletion',
  PendingReplicaDeletion: 'is pending deletion',
  PendingImport: 'has no key material: it has expired, or was deleted',
  Unavailable: 'is unavailable: its custom key store is disconnected',
};

export function destinationFindings(lost: readonly LostDestination[]): readonly RetireFinding[] {
  return lost.map(({ keyArn, asked: { place }, runId, words }) =>
    blocks(
      keyArn,
      `${words}, and the data keys of ${storePlaceText(place)} are under it since run ${runId}: a rollback of run ${runId} to this key may be what is left; let that key work first`,
    ),
  );
}

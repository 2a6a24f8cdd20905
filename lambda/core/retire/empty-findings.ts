import { storePlaceText } from '../model/store-place.ts';
import { blocks, type RetireFinding } from './findings.ts';
import type { KeyUsage } from './ports.ts';
import { proofsIn, type KnownStore } from './store-findings.ts';

/**
 * An empty store proves that it is empty. If each one was, no run has ever found a data key under this key: it may be used elsewhere, unless
 * KMS itself says that nobody has used it since it was made.
 */
export function emptyFindings(stores: readonly KnownStore[], usage: KeyUsage): readonly RetireFinding[] {
  if (stores.length === 0 || (usage.kind === 'unused' && !usage.olderThanThat)) return [];
  if (!stores.every(wasEmpty)) return [];
  const places = [...new Set(stores.map(({ place }) => storePlaceText(place)))].join(', ');
  return [
    blocks(
      'stores',
      `there was no record where its jobs look (${places}), so that nothing shows where its data keys are: find its users with rewrap discover --trail, and name their stores in a job`,
    ),
  ];
}

function wasEmpty({ evidence }: KnownStore): boolean {
  return evidence.kind === 'proven' && proofsIn(evidence).every(({ verdict }) => verdict === 'empty');
}

import type { Difference } from '../evidence/check-object.ts';
import { placeInJournal } from '../evidence/check-run.ts';
import { EVIDENCE } from '../evidence/names.ts';
import { PACK } from './names.ts';

const SIGNED: readonly string[] = [EVIDENCE.report, EVIDENCE.statement, EVIDENCE.seals, EVIDENCE.bom];

/**
 * What differs from the digests that a pack has of its files. Nobody has signed these: they find damage. Of files that the signature or a
 * chain stands for, it is the one to tell.
 */
export function checkSums(
  sums: string | undefined,
  digests: ReadonlyMap<string, string>,
): readonly Difference[] {
  if (sums === undefined)
    return [
      { kind: 'removed', object: PACK.sums, words: `${PACK.sums} is not there: the pack is not whole` },
    ];
  const listed = new Map(sums.split('\n').flatMap(listedIn));
  const unsigned = (name: string): boolean => !SIGNED.includes(name) && placeInJournal(name) === undefined;
  const there = [...digests].filter(([name]) => name !== PACK.sums && unsigned(name));
  return [
    ...[...listed.keys()]
      .filter(name => unsigned(name) && !digests.has(name))
      .map(name => difference('removed', name, 'is not there, and was packed')),
    ...there
      .filter(([name]) => !listed.has(name))
      .map(([name]) => difference('added', name, 'was not packed with the others: it was added')),
    ...there
      .filter(([name, digest]) => listed.has(name) && listed.get(name) !== digest)
      .map(([name]) => difference('changed', name, 'is not what was packed: it was changed')),
  ];
}

function listedIn(line: string): readonly (readonly [string, string])[] {
  const [, digest, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
  return digest === undefined || name === undefined ? [] : [[name, digest]];
}

function difference(kind: Difference['kind'], object: string, what: string): Difference {
  return { kind, object, words: `${object} ${what}` };
}

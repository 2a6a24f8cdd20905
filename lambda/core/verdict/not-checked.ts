import { isAsymmetric } from '../model/key-use.ts';
import type { KeysOfRun, RunIdentity, StoresOfRun } from '../model/run-plan.ts';
import { narrowedTo, ownPlace, storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';
import { outsidePrefixes } from './outside-prefixes.ts';

/** What a run was about, from which it follows what it could not check. */
export type NotCheckedOf = Pick<RunIdentity, 'mode'> &
  Pick<KeysOfRun, 'sources' | 'destination'> &
  Pick<StoresOfRun, 'stores' | 'keepsSource' | 'sample' | 'versions'>;

/** What a run has not checked, in words that a person can act on. */
export function notChecked(run: NotCheckedOf): readonly string[] {
  const { mode, stores, keepsSource } = run;
  const answered = stores.flatMap(({ ignore = [] }) => ignore);
  return [
    'tables, buckets, Regions and accounts that the job does not name: look for users of the key in CloudTrail',
    ...outsidePrefixes(stores.map(store => ownPlace(store, store.region))),
    ...new Set(stores.flatMap(store => kindOf(store).unseen.always)),
    ...(isContextCompared(run)
      ? []
      : [
          'the contexts of data keys under asymmetric source keys: such ciphertexts have none, so a wrong context in the job goes unnoticed, and readers will need that one',
        ]),
    ...(answered.length > 0
      ? [`places that the job ignores (${answered.join(', ')}): their data keys were neither asked nor moved`]
      : []),
    ...stores
      .filter(({ withoutDataKey }) => withoutDataKey === 'expected')
      .map(store => `records without a data key in ${storeName(store)}: the job expects them`),
    ...parts(run),
    ...(keepsSource
      ? ['source records: the new data keys are copies, the old ones stay where they are']
      : []),
    ...(mode === 'census'
      ? ['records that were written moments ago: a census reads with eventual consistency']
      : [
          'whatever is written after its record was visited: let writers use the destination key before the run',
        ]),
  ];
}

/** KMS compares the job's context with that of the ciphertext, unless an asymmetric key has made it. */
function isContextCompared({ sources, destination }: NotCheckedOf): boolean {
  return isAsymmetric(destination) || !sources.some(isAsymmetric);
}

/** What a narrowed run leaves out, and what it may miss within its parts. */
function parts({ stores, sample, versions }: NotCheckedOf): readonly string[] {
  const narrowed = stores.filter(store => narrowedTo(store) !== undefined);
  const names = narrowed.map(storeName);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
  return [
    ...stores.flatMap(store => {
      const part = narrowedTo(store, sample);
      return part === undefined
        ? []
        : [`the rest of ${storeName(store)}, of which the run was about ${part}: verify all of it`];
    }),
    ...new Set(stores.flatMap((store, index) => kindOf(store).unseen.of(store, versions?.[index]))),
    ...twice.map(name => `records that went from one part of ${name} to another while the run was there`),
  ];
}

import type { ConfiguredFormat, FormatRegistry } from '../model/format.ts';
import { isAsymmetric } from '../model/key-use.ts';
import type { Job, Store } from '../model/job.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { Problem } from '../model/problem.ts';
import { kindOf } from '../stores/registry.ts';
import { configureFormat, formatOf } from './bind-format.ts';
import { unwrittenFields } from './counted-stores.ts';
import { followProblems } from './follow-problems.ts';
import { foreignAliases } from './foreign-aliases.ts';
import { changedByOthers } from './changed-by-others.ts';
import { overlappingStores, overlaps } from './overlapping-stores.ts';
import { partitionProblems } from './partition-problems.ts';
import { placeProblems } from './place-problems.ts';
import { scheduleProblems } from './schedules-of.ts';
import { regionProblems, routeProblems } from './route-problems.ts';

/** What is wrong between fields that are each valid by themselves. */
export function jobProblems(job: Job, formats: FormatRegistry): readonly Problem[] {
  const bound = job.stores.map(store => configureFormat(store, formats));
  return [
    ...partitionProblems(job),
    ...regionProblems(job),
    ...routeProblems(job),
    ...foreignAliases(job),
    ...bound.flatMap((format, index) => contextProblems(job, format, index)),
    ...asymmetryProblems(job, formats),
    ...bound.flatMap(({ problems }, index) =>
      problems.map(problem => ({ ...problem, path: `stores[${index}].format.${problem.path}` })),
    ),
    ...bound.flatMap((format, index) => placeProblems(format, index)),
    ...job.stores.flatMap((store, index) => kindProblems(store, bound[index], index)),
    ...job.stores.flatMap((store, index) => scopeProblems(store, index)),
    ...overlappingStores(job, bound),
    ...changedByOthers(job, bound, (one, other) => overlaps(one, other, sourceRegion(job))),
    ...(job.fingerprints && job.verify === 'off' ? [NOTHING_TO_COMPARE] : []),
    ...scheduleProblems(job),
    ...unwrittenFields(job, bound),
    ...followProblems(job),
  ];
}

const NOTHING_TO_COMPARE: Problem = {
  path: 'fingerprints',
  value: true,
  words: 'are compared by the verify pass, which this job turns off; write verify full',
};

/** Stores whose format cannot hold data keys under asymmetric keys, in a job that has such keys. */
function asymmetryProblems(job: Job, formats: FormatRegistry): readonly Problem[] {
  const [key] = [job.destination, ...job.source.keys].filter(isAsymmetric);
  if (key === undefined) return [];
  return job.stores.flatMap((store, index) =>
    formatOf(store, formats).asymmetric
      ? []
      : [
          {
            path: `stores[${index}].format.type`,
            value: store.format.type,
            words: `has no data keys under asymmetric keys, such as ${key.key}; name symmetric keys, or another format`,
          },
        ],
  );
}

/** A configuration names an attribute, and the store is a bucket, or the other way round. */
function kindProblems(store: Store, format: ConfiguredFormat | undefined, index: number): readonly Problem[] {
  const { records } = kindOf(store);
  if (format?.readsOnly === undefined || format.readsOnly === records) return [];
  const words = `names places of ${format.readsOnly}s, and this store has ${records}s; name places of ${records}s`;
  return [{ path: `stores[${index}].format`, value: store.format.type, words }];
}

/** KMS binds no context to what an asymmetric key encrypts (API reference, Encrypt). */
function contextProblems(
  { source, destination }: Job,
  { contextNames }: ConfiguredFormat,
  index: number,
): readonly Problem[] {
  const ambiguous = contextNames.templates > 1 && contextNames.destination === undefined;
  const problem = (field: string, names: readonly string[], whose: string): readonly Problem[] => [
    {
      path: `stores[${index}].format.${field}`,
      value: names,
      words: `is a context for ${whose}, which takes none; remove it`,
    },
  ];
  return [
    ...(ambiguous && source.keys.some(isAsymmetric) && !isAsymmetric(destination)
      ? [
          {
            path: `stores[${index}].format.destinationEncryptionContext`,
            words:
              'is missing: a data key under an asymmetric source key does not show which of several contexts it is to have; add the one to encrypt under',
          },
        ]
      : []),
    ...(source.keys.every(isAsymmetric) && contextNames.source.length > 0
      ? problem('encryptionContext', contextNames.source, 'asymmetric source keys')
      : []),
    ...(isAsymmetric(destination) && (contextNames.destination ?? []).length > 0
      ? problem(
          'destinationEncryptionContext',
          contextNames.destination ?? [],
          'an asymmetric destination key',
        )
      : []),
  ];
}

function scopeProblems(store: Store, index: number): readonly Problem[] {
  return kindOf(store)
    .scope.problems(store)
    .map(problem => ({ ...problem, path: `stores[${index}].${problem.path}` }));
}

import type { FormatRegistry } from '../model/format.ts';
import { narrowedTo, storeName } from '../stores/places.ts';
import type { RunMode } from '../model/run.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import { configureFormat } from '../job/bind-format.ts';
import { mustTellMaterial, type MovedKeys } from '../reencrypt/key-material.ts';
import { routeOf } from '../routes/registry.ts';
import type { ChosenRoute } from './choose-route.ts';
import { roleWarnings } from './check-roles.ts';
import { COPY_WARNING } from '../stores/copies.ts';
import type { RunInput } from './run-input.ts';

const DOES_WITHOUT: Readonly<Record<RunMode, string>> = {
  verify: 'it asks the destination key only',
  census: 'data keys that may be under it count as in doubt',
  migrate: 'it moves nothing from it',
  rollback: 'it restores nothing under it',
};

/** To move data keys within one key, KMS must name its materials. It does not list those of keys in other accounts. */
function unnamedMaterial({
  sources,
  destination,
  keyMaterials,
}: MovedKeys & Pick<KeysOfRun, 'keyMaterials'>): readonly string[] {
  const { keyArn } = destination;
  return !mustTellMaterial({ sources, destination }) || keyMaterials.some(one => one.keyArn === keyArn)
    ? []
    : [
        `KMS lists no key materials of ${keyArn} to this role; where its answers do not name them either, this job cannot know what is under the current one, and proves nothing`,
      ];
}

/** What an operator should know of this run, besides what its stores and keys are. */
export function runWarnings(
  { job, mode, dryRun, sample, keyMaterials }: RunInput & Pick<KeysOfRun, 'keyMaterials'>,
  choice: ChosenRoute,
  formats: FormatRegistry,
): readonly string[] {
  const { route, sources } = choice;
  return [
    ...(mode === 'migrate' ? routeOf(route).warnings : []),
    ...sources.flatMap(({ keyArn, unusable }) =>
      unusable === undefined
        ? []
        : [`the source key ${keyArn} ${unusable}; this run does without it: ${DOES_WITHOUT[mode]}`],
    ),
    ...(dryRun
      ? [
          `a dry run learns no key material ids: data keys under the destination key count as ${mustTellMaterial(choice) ? 'to-rewrap' : 'already-current'}, whatever their key material`,
        ]
      : unnamedMaterial({ ...choice, keyMaterials })),
    ...roleWarnings(job.stores),
    ...job.stores.flatMap(store => {
      const narrowed = narrowedTo(store, sample);
      return narrowed === undefined
        ? []
        : [`${storeName(store)}: this run visits only ${narrowed}, and does not finish the store`];
    }),
    ...job.stores.flatMap(store =>
      configureFormat(store, formats).keepsSource ? [`${storeName(store)}: ${COPY_WARNING}`] : [],
    ),
  ];
}

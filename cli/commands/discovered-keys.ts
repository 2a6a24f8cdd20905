import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import type { DescribedKey, DescribedKeys } from '../../lambda/core/discover/described-keys.ts';
import type { TrailOfKeys } from '../../lambda/core/discover/discovered-keys.ts';
import type { Look } from '../../lambda/core/discover/look.ts';
import { lookAtAll } from '../../lambda/core/discover/look-at-all.ts';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { TableBackup } from '../../lambda/core/stores/dynamodb/table-backups.ts';
import type { CommandContext } from '../context/command-context.ts';

/** Beyond these, keys are shown by the names that they were found under. */
const MOST = 1_000;

/** Asks KMS which keys are meant, and which of them AWS manages. Keys of other Regions are not asked about: nothing here can be under them. */
export async function describedKeys(
  references: Iterable<string>,
  region: string,
  { aws, caller }: CommandContext,
): Promise<DescribedKeys> {
  const keys = new KmsKeyCatalog(new KmsChannel({ ...aws, region, patienceMs: [] }));
  const here = [...new Set(references)].filter(one => parseKeyReference(one)?.region === region);
  const found = await lookAtAll(
    here.slice(0, MOST),
    async (reference): Promise<readonly (readonly [string, DescribedKey])[]> => {
      try {
        const lookup = await keys.describeKey(reference);
        if (lookup.kind !== 'found') return [];
        return [[reference, { arn: lookup.key.arn, awsManaged: lookup.key.awsManaged === true }]];
      } catch (error) {
        if (callerTrouble(error, caller) !== undefined) throw error;
        return [];
      }
    },
    () => undefined,
  );
  return new Map(found.flat());
}

/** Names of keys that AWS or a job has told. What a record says is not asked about: anybody may have written it. */
export function referencesIn(
  looks: readonly Look[],
  jobs: readonly Job[],
  { trail, backups }: { readonly trail: TrailOfKeys | undefined; readonly backups: readonly TableBackup[] },
): readonly string[] {
  return [
    ...looks.flatMap(({ serverSide }) => (serverSide.kind === 'seen' ? serverSide.value : [])),
    ...looks.flatMap(look =>
      look.kind === 'looked' ? look.recognition.serverSideKeys.map(({ keyArn }) => keyArn) : [],
    ),
    ...jobs.flatMap(({ source, destination }) => [...source.keys, destination].map(({ key }) => key)),
    ...(trail?.keys ?? []).map(({ key }) => key),
    ...backups.flatMap(({ keyArn }) => keyArn ?? []),
  ];
}

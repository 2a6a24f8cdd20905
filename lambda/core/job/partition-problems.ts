import { parseKeyReference, parseRoleArn } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';

/** How the names of a partition's Regions begin (AWS SDK endpoint rules, partitions.json). All others are in `aws`. */
const PARTITIONS: readonly (readonly [begin: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

function partitionOf(region: string): string {
  return PARTITIONS.find(([begin]) => region.startsWith(begin))?.[1] ?? 'aws';
}

/** Keys whose partition is not that of their Region; if there are none, keys of another partition than the first source key. */
export function partitionProblems(job: Job): readonly Problem[] {
  const keys = namedKeys(job).flatMap(({ path, value }) => {
    const reference = parseKeyReference(value);
    return reference === undefined ? [] : [{ path, value, ...reference }];
  });
  const misnamed = keys.flatMap(({ path, value, partition, region }) => {
    const own = partitionOf(region);
    const words = `names the partition ${partition}, but ${region} is in ${own}; write arn:${own}:kms:${region}:…`;
    return partition === own ? [] : [{ path, value, words }];
  });
  if (misnamed.length > 0) return misnamed;
  const first = keys[0]?.partition;
  const foreign = keys.flatMap(({ path, value, partition }) => {
    const words = `is in the partition ${partition}, and the first source key in ${first}: KMS does not re-encrypt from one partition to another; name keys of one`;
    return partition === first ? [] : [{ path, value, words }];
  });
  return [...foreign, ...foreignRoles(job, first)];
}

/** Credentials of one partition are nothing in another. */
function foreignRoles({ stores }: Job, first: string | undefined): readonly Problem[] {
  return stores.flatMap(({ assumeRole }, index) => {
    const partition = assumeRole && parseRoleArn(assumeRole.roleArn)?.partition;
    if (assumeRole === undefined || partition === first) return [];
    const words = `is in the partition ${partition}, and the first source key in ${first}: no role of one partition can be assumed from another; name a role of ${first}`;
    return [{ path: `stores[${index}].assumeRole.roleArn`, value: assumeRole.roleArn, words }];
  });
}

interface NamedKey {
  readonly path: string;
  readonly value: string;
}

function namedKeys({ source, destination, route, stores }: Job): readonly NamedKey[] {
  return [
    ...source.keys.map(({ key }, index) => ({ path: `source.keys[${index}]`, value: key })),
    { path: 'destination.key', value: destination.key },
    ...(route.bridgeKey !== undefined ? [{ path: 'route.bridgeKey', value: route.bridgeKey }] : []),
    ...stores.flatMap(({ serverSideEncryptionKey: key }, index) =>
      key === undefined ? [] : [{ path: `stores[${index}].serverSideEncryptionKey`, value: key }],
    ),
  ];
}

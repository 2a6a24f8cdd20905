import { problemOf } from '../../lambda/core/job/parse-job.ts';
import { storeSchema } from '../../lambda/core/job/store-schema.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { InspectedStore } from '../../lambda/core/recognise/job-draft.ts';
import { formats } from '../../lambda/formats/registry.ts';

type Named = Omit<InspectedStore, 'region'>;

/** What `rewrap inspect` is asked about, or what is wrong with the words. */
export type Target =
  | { readonly kind: 'store'; readonly store: Store; readonly named: Named }
  | { readonly kind: 'refused'; readonly words: string };

/** A role of another account, by the options of a command. */
export interface RoleOptions {
  readonly role?: string;
  readonly externalId?: string;
}

/** `TABLE`, or `s3://BUCKET/PREFIX`, as a store of a job would name it, with the role to look at it. */
export function targetOf(text: string, { role, externalId }: RoleOptions = {}): Target {
  if (role === undefined && externalId !== undefined)
    return { kind: 'refused', words: '--external-id is for a role: name it with --role' };
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/su.exec(text) ?? [];
  const named: Named =
    bucket === undefined
      ? { fields: { type: 'dynamodb', table: text }, name: text }
      : { fields: { type: 's3', bucket, ...(prefix !== '' && { prefix }) }, name: bucket };
  // A store of a job has a format. This one only has to be well formed.
  const format = bucket === undefined ? { type: 'attribute', dataKey: 'unknown' } : { type: 'object-body' };
  const assumeRole =
    role === undefined ? undefined : { roleArn: role, ...(externalId !== undefined && { externalId }) };
  const assuming = assumeRole === undefined ? {} : { assumeRole };
  const parsed = storeSchema(formats).safeParse({ ...named.fields, ...assuming, format });
  if (parsed.success)
    return { kind: 'store', store: parsed.data as unknown as Store, named: { ...named, ...assuming } };
  const words = parsed.error.issues.map(issue => problemOf(issue, {}).words).join('; ');
  return { kind: 'refused', words: `${text}: ${words}; name a table, or s3://BUCKET/PREFIX` };
}

/** Options of the next command that looks at the same store. */
export function roleWords({ role, externalId }: RoleOptions): readonly string[] {
  return [
    ...(role === undefined ? [] : ['--role', role]),
    ...(externalId === undefined ? [] : ['--external-id', externalId]),
  ];
}

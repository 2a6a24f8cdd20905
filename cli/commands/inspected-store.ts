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

/** `TABLE`, or `s3://BUCKET/PREFIX`, as a store of a job would name it. */
export function targetOf(text: string): Target {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/su.exec(text) ?? [];
  const named: Named =
    bucket === undefined
      ? { fields: { type: 'dynamodb', table: text }, name: text }
      : { fields: { type: 's3', bucket, ...(prefix !== '' && { prefix }) }, name: bucket };
  // A store of a job has a format. This one only has to be well formed.
  const format = bucket === undefined ? { type: 'attribute', dataKey: 'unknown' } : { type: 'object-body' };
  const parsed = storeSchema(formats).safeParse({ ...named.fields, format });
  if (parsed.success) return { kind: 'store', store: parsed.data as unknown as Store, named };
  const words = parsed.error.issues.map(issue => problemOf(issue, {}).words).join('; ');
  return { kind: 'refused', words: `${text}: ${words}; name a table, or s3://BUCKET/PREFIX` };
}

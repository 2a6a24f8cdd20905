import * as z from 'zod/mini';
import type { Store, StoreCopy } from '../../model/job.ts';
import type { BucketScope } from '../../model/scope.ts';
import { oneOf, strictObject } from '../../schema/strict-object.ts';
import { copyFields, storeFields } from '../fields.ts';
import { bucketName } from './bucket-name.ts';
import { bucketScope } from './scope-schema.ts';
import { once } from '../../schema/once.ts';
import { described } from '../../schema/described.ts';

/** A bucket, as a job writes it. */
export interface BucketStore extends Store {
  readonly type: 's3';
  readonly bucket: string;
  readonly prefix: string;
  readonly scope?: BucketScope;
  /** Which versions of objects runs look at. @default current */
  readonly versions?: 'current' | 'all';
  /** The bucket whose objects of the same keys get the new data keys, where the bucket itself is to stay as it is. */
  readonly copyTo?: StoreCopy & { readonly bucket: string };
}

/**
 * It enters policies. IAM takes characters up to U+00FF (IAM user guide, quotas), and CloudFormation replaces those beyond ASCII by
 * question marks (aws-cloudformation/cloudformation-coverage-roadmap, issue 814), which a policy reads as wildcards.
 */
const prefix = once(() =>
  z
    .string({ error: 'is not a text; write a key prefix or leave it out' })
    .check(
      z.regex(/^[ -~]*$/, {
        error:
          'has characters that a policy cannot hold: IAM and CloudFormation keep printable ASCII only; write the part before the first of them, and the whole under scope.prefixes',
      }),
    )
    .check(
      z.maxLength(1_024, {
        error: 'is longer than the key of an object can be; write up to 1,024 characters',
      }),
    ),
);

export function bucketSchema(format: z.ZodMiniType): z.ZodMiniObject {
  return strictObject(
    {
      type: z.literal('s3'),
      bucket: described(bucketName(), 'The name of the bucket.'),
      prefix: described(z._default(prefix(), ''), 'Only objects whose keys start with this.'),
      format,
      ...storeFields(),
      versions: described(
        z.optional(oneOf(['current', 'all'])),
        'all: runs look at noncurrent versions, too, and report each. S3 changes none of them, so a run moves none either. Default: current: Plan counts noncurrent versions, and nobody looks into them.',
      ),
      scope: described(z.optional(bucketScope()), 'Narrows runs to a part of the bucket.'),
      copyTo: described(
        z.optional(
          strictObject(
            { ...copyFields(), bucket: described(bucketName(), 'The bucket of the copy.') },
            'a destination bucket',
          ),
        ),
        'Another bucket: its objects with the same keys get the new data keys. The store itself is only read.',
      ),
    },
    'an S3 store',
  );
}

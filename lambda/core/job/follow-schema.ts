import * as z from 'zod/mini';
import { parseStreamArn } from '../model/stream-arn.ts';
import { described } from '../schema/described.ts';
import { once } from '../schema/once.ts';
import { refusedBy, strictObject, text, wholeNumber } from '../schema/strict-object.ts';
import { bucketName } from '../stores/s3/bucket-name.ts';

const CURE =
  'write the LatestStreamArn of aws dynamodb describe-table, such as arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/2026-11-28T09:00:00.000';
const BUCKETS_CURE = 'write the names of buckets of this job, such as ["order-documents"], or leave it out';

const stream = once(() =>
  text('the ARN of the stream of a table').check(
    refusedBy(value =>
      parseStreamArn(value) === undefined ? `is no ARN of the stream of a table; ${CURE}` : undefined,
    ),
  ),
);

/** What a job asks of a follower (core/follow). */
export const followSchema = once(() =>
  described(
    strictObject(
      {
        streams: described(
          z.optional(
            z
              .array(stream(), { error: `is no list; ${CURE}` })
              .check(z.minLength(1, { error: `is empty; ${CURE}` })),
          ),
          'ARNs of the streams of tables of this job. Any view type does; KEYS_ONLY is enough.',
        ),
        buckets: described(
          z.optional(
            z
              .array(bucketName(), { error: `is no list; ${BUCKETS_CURE}` })
              .check(z.minLength(1, { error: `is empty; ${BUCKETS_CURE}` })),
          ),
          'Names of buckets of this job that send their events to EventBridge. Objects under the prefixes of its stores are followed.',
        ),
        untilQuietDays: described(
          z._default(wholeNumber(1, 365, 'days'), 14),
          'Following ends by itself when no data key was found under a source key for so many days.',
        ),
      },
      'what is followed',
    ),
    'What applications write under a source key after a migration is moved within seconds. Without it, nothing of the kind is deployed.',
  ),
);

import * as z from 'zod/mini';
import { parseRoleArn } from '../model/arn.ts';
import { parsePattern } from '../places/pattern.ts';
import { keyReference } from '../schema/key-reference.ts';
import { oneOf, strictObject, text } from '../schema/strict-object.ts';
import { once } from '../schema/once.ts';
import { described } from '../schema/described.ts';

const region = once(() =>
  text('a Region').check(
    z.regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, {
      error: 'is no Region; write one such as eu-west-1',
    }),
  ),
);
const serverSideEncryptionKey = once(() =>
  described(
    z.optional(keyReference()),
    "The customer managed key of the store's own server-side encryption. The roles may use it only through DynamoDB or S3.",
  ),
);
const createMissing = once(() =>
  described(
    z._default(z.boolean({ error: 'is not true or false' }), false),
    'Make records that are not there yet. Otherwise they are reported as blocked.',
  ),
);

const PLACE_CURE = 'a place such as audit.history, keys[*].edk or metadata.x-old-key, as the report shows it';
const ignore = once(() =>
  described(
    z.optional(
      z.array(
        text(PLACE_CURE).check(
          z.refine(pattern => parsePattern(pattern) !== undefined, {
            error: `is no place; write ${PLACE_CURE}`,
          }),
        ),
        { error: 'is no list; write the places to ignore' },
      ),
    ),
    'Places outside the format that hold what looks like a data key, or name a source key, and that you answer for. Each stands for everything below it. Data keys there are not moved, and nothing is said about them.',
  ),
);
const withoutDataKey = once(() =>
  described(
    z.optional(oneOf(['expected'])),
    'With expected, you answer for records in which the format finds no data key: they need none. Without it, objects without a data key are in doubt.',
  ),
);

/** KMS rotates a key by itself after 90 to 2,560 days (API reference, EnableKeyRotation), and on demand at any time. */
const maximumAgeDays = once(() =>
  described(
    z.optional(
      z
        .int({ error: 'is no whole number; write a number of days, such as 365' })
        .check(
          z.minimum(1, { error: 'is less than one day' }),
          z.maximum(36_500, { error: 'is more than a century' }),
        ),
    ),
    'How many days old the key material may be that data keys are under when a run ends. Older material, and material whose age KMS does not tell, is named in the report and rings an alarm; it stops no run.',
  ),
);

const ROLE_CURE = 'write arn:aws:iam::ACCOUNT:role/NAME';
/** STS API reference, AssumeRole, ExternalId. */
const externalId = once(() =>
  text('an external id').check(
    z.regex(/^[\w+=,.@:/-]{2,1224}$/, {
      error: 'is no external id; write 2 to 1,224 of a-z, A-Z, 0-9, _+=,.@:/-',
    }),
  ),
);
const assumeRole = once(() =>
  described(
    z.optional(
      strictObject(
        {
          roleArn: described(
            text('the ARN of a role').check(
              z.refine(value => parseRoleArn(value) !== undefined, {
                error: `is no ARN of a role; ${ROLE_CURE}`,
              }),
            ),
            'Its ARN. The store, and its copy, are of its account.',
          ),
          externalId: described(
            z.optional(externalId()),
            'What its trust policy asks for. Without one, Plan warns.',
          ),
        },
        'a role to assume',
      ),
    ),
    'A role of another account, which the functions assume for all calls about this store.',
  ),
);

/** Fields of every kind of store. */
export const storeFields = once(() => ({
  region: described(
    z.optional(region()),
    "The store's Region. Left out, it is the Region of the source keys.",
  ),
  assumeRole: assumeRole(),
  serverSideEncryptionKey: serverSideEncryptionKey(),
  ignore: ignore(),
  withoutDataKey: withoutDataKey(),
  maximumAgeDays: maximumAgeDays(),
}));

/** Fields of `copyTo`, whatever the kind of store. */
export const copyFields = once(() => ({
  region: described(region(), 'The Region of the copy.'),
  createMissing: createMissing(),
  serverSideEncryptionKey: serverSideEncryptionKey(),
}));

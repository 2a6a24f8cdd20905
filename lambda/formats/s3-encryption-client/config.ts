import * as z from 'zod/mini';
import { parseKeyReference } from '../../core/model/arn.ts';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { KEY_ID } from './key-id.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

const FORM = 'write as-written, arn, id, alias/NAME or the ARN of an alias';

const keyIdForm = once(() =>
  z
    .string({ error: `is no form of a key id; ${FORM}` })
    .check(z.refine(isForm, { error: `is no form of a key id; ${FORM}` })),
);

function isForm(form: string): boolean {
  return (
    ['as-written', 'arn', 'id'].includes(form) ||
    /^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(form) ||
    parseKeyReference(form)?.kind === 'alias'
  );
}

const contextText = once(() => z.string({ error: 'is no text; write the value of the encryption context' }));

/** The job's `format` object for `s3-encryption-client`. */
export const s3EncryptionClientConfig = once(() =>
  strictObject(
    {
      type: z.literal('s3-encryption-client'),
      instructionSuffixes: described(
        z._default(
          z
            .array(text('the end of the keys of instruction files'))
            .check(z.minLength(1, { error: 'is empty; name at least one suffix' }))
            .check(z.maxLength(10, { error: 'are too many suffixes; name at most 10' })),
          ['.instruction'],
        ),
        'How the keys of instruction files end. Files that a client has marked are found by any name.',
      ),
      kmsKeyId: described(
        z._default(keyIdForm(), 'as-written'),
        'How data keys with the wrapping algorithm kms name their new key in x-amz-matdesc (kms_cmk_id): arn, id, an alias, or as-written: an ARN or id is replaced by that of the new key, and an alias stays. It must be what the readers are configured with.',
      ),
      extraContext: described(
        z.optional(
          z.record(z.string(), contextText()).check(
            z.refine(context => !Object.hasOwn(context, KEY_ID), {
              error: `has the name ${KEY_ID}, which clients store with the object; remove it`,
            }),
          ),
        ),
        'Names and values that the application added to the encryption context of data keys with the wrapping algorithm kms, and that are not stored with the object. Both contexts are tried, with and without them.',
      ),
    },
    'a format',
  ),
);

export type S3EncryptionClientConfig = z.output<ReturnType<typeof s3EncryptionClientConfig>>;

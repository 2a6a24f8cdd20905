import * as z from 'zod';
import { parseKeyReference } from '../../core/model/arn.ts';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { KEY_ID } from './key-id.ts';

const FORM = 'write as-written, arn, id, alias/NAME or the ARN of an alias';

const keyIdForm = z
  .string({ error: `is no form of a key id; ${FORM}` })
  .refine(isForm, { error: `is no form of a key id; ${FORM}` });

function isForm(form: string): boolean {
  return (
    ['as-written', 'arn', 'id'].includes(form) ||
    /^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(form) ||
    parseKeyReference(form)?.kind === 'alias'
  );
}

const contextText = z.string({ error: 'is no text; write the value of the encryption context' });

/** The job's `format` object for `s3-encryption-client`. */
export const s3EncryptionClientConfig = strictObject(
  {
    type: z.literal('s3-encryption-client'),
    instructionSuffixes: z
      .array(text('the end of the keys of instruction files'))
      .min(1, { error: 'is empty; name at least one suffix' })
      .max(10, { error: 'are too many suffixes; name at most 10' })
      .default(['.instruction'])
      .describe(
        'How the keys of instruction files end. Files that a client has marked are found by any name.',
      ),
    kmsKeyId: keyIdForm
      .default('as-written')
      .describe(
        'How data keys with the wrapping algorithm kms name their new key in x-amz-matdesc (kms_cmk_id): arn, id, an alias, or as-written: an ARN or id is replaced by that of the new key, and an alias stays. It must be what the readers are configured with.',
      ),
    extraContext: z
      .record(z.string(), contextText)
      .refine(context => !Object.hasOwn(context, KEY_ID), {
        error: `has the name ${KEY_ID}, which clients store with the object; remove it`,
      })
      .optional()
      .describe(
        'Names and values that the application added to the encryption context of data keys with the wrapping algorithm kms, and that are not stored with the object. Both contexts are tried, with and without them.',
      ),
  },
  'a format',
);

export type S3EncryptionClientConfig = z.output<typeof s3EncryptionClientConfig>;

import * as z from 'zod';
import { strictObject, text } from '../../core/job/strict-object.ts';
import { contextTemplate } from '../context-template.ts';

// S3 stores user-defined metadata names in lower case, without their prefix in API replies.
const metadataName = text('the name of a metadata entry').regex(/^(?!x-amz-meta-)[a-z0-9!#$%&'*+.^_`|~-]+$/, {
  error: "is no metadata name; write it in lower case and without 'x-amz-meta-'",
});

const place = z.union([
  strictObject({ metadata: metadataName.describe('A metadata entry of the object.') }, 'a context value'),
  strictObject({ objectKey: z.literal(true).describe("The object's key.") }, 'a context value'),
  strictObject(
    { tag: text('the key of a tag').describe('A tag of the object; read with a request of its own.') },
    'a context value',
  ),
]);

const writeTo = strictObject(
  {
    dataKey: metadataName.describe('The metadata entry for the new data key.'),
    keyArn: metadataName.optional().describe('A metadata entry for the key of the new data key.'),
    encryptionAlgorithm: metadataName.optional().describe('A metadata entry for its encryption algorithm.'),
    sourceDigest: metadataName
      .optional()
      .describe(
        'A metadata entry for the SHA-256 of the old data key: tells whether the object got another one since.',
      ),
  },
  'a place to write to',
);

/** The job's `format` object for `object-metadata`. */
export const objectMetadataConfig = strictObject(
  {
    type: z.literal('object-metadata'),
    dataKey: metadataName.describe('The metadata entry that holds the encrypted data key, standard base64.'),
    keyArn: metadataName
      .optional()
      .describe(
        'A metadata entry that names the key; read as a hint, and written together with the data key.',
      ),
    encryptionAlgorithm: metadataName
      .optional()
      .describe(
        'A metadata entry that names the encryption algorithm; read as a hint, and written with the data key.',
      ),
    encryptionContext: contextTemplate(place)
      .default({})
      .describe('The context the data key was encrypted under.'),
    destinationEncryptionContext: contextTemplate(place)
      .optional()
      .describe('The context to encrypt it under, where that shall be another one.'),
    writeTo: writeTo
      .optional()
      .describe('Where the new data key goes, if the old one is to stay where it is.'),
  },
  'a format',
);

export type ObjectMetadataConfig = z.output<typeof objectMetadataConfig>;

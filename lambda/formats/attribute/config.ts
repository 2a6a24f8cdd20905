import * as z from 'zod';
import { oneOf, strictObject, text } from '../../core/job/strict-object.ts';
import { contextTemplate } from '../context-template.ts';
import { parsePath } from './attribute-path.ts';

const PATH_CURE =
  'write names joined by dots, list indexes in brackets: envelope.keys[0].edk; or a list of steps for names with dots in them';

const path = z
  .union([text('an attribute path'), z.array(z.union([z.string().min(1), z.int().nonnegative()])).min(1)], {
    error: ({ input }) => `${input === undefined ? 'is missing' : 'is no attribute path'}; ${PATH_CURE}`,
  })
  .refine(value => parsePath(value) !== undefined, { error: `is no attribute path; ${PATH_CURE}` });

const place = z.union([
  strictObject(
    { attribute: path.describe('A string, number or binary attribute of the item.') },
    'a context value',
  ),
  strictObject(
    { keyAttribute: text('the name of a key attribute').describe("An attribute of the item's primary key.") },
    'a context value',
  ),
]);

const writeTo = strictObject(
  {
    dataKey: path.describe('Where the new data key goes.'),
    keyArn: path.optional().describe('A string attribute for the key of the new data key.'),
    encryptionAlgorithm: path.optional().describe('A string attribute for its encryption algorithm.'),
    sourceDigest: path
      .optional()
      .describe(
        'A string attribute for the SHA-256 of the old data key: tells whether the record got another one since.',
      ),
  },
  'a place to write to',
);

/** The job's `format` object for `attribute`. */
export const attributeConfig = strictObject(
  {
    type: z.literal('attribute'),
    dataKey: path.describe('Where the encrypted data key lies.'),
    encoding: oneOf(['binary', 'base64'])
      .default('binary')
      .describe('binary: type B. base64: type S, standard base64 with padding.'),
    keyArn: path
      .optional()
      .describe(
        'A string attribute that names the key; read as a hint, and written together with the data key.',
      ),
    encryptionAlgorithm: path
      .optional()
      .describe(
        'A string attribute that names the encryption algorithm; read as a hint, and written with the data key.',
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

export type AttributeConfig = z.output<typeof attributeConfig>;

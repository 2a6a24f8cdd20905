import * as z from 'zod';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { attributeContextPlaces } from '../attribute/config.ts';
import { contextTemplate, contextTemplates } from '../context-template.ts';

const contextPlace = z.union(attributeContextPlaces);

/** Each further name costs one more request for a data key that is under it. */
const MAX_TABLE_NAMES = 10;

const tableName = text('the name of a table');

/** The job's `format` object for `dynamodb-encryption-client`. */
export const dynamodbEncryptionClientConfig = strictObject(
  {
    type: z.literal('dynamodb-encryption-client'),
    tableName: z
      .union([
        tableName,
        z
          .array(tableName)
          .min(1, { error: 'is empty; write at least one name' })
          .max(MAX_TABLE_NAMES, { error: `are too many names; write at most ${MAX_TABLE_NAMES}` }),
      ])
      .optional()
      .describe(
        'The table name that clients put into the context, where it is not that of the store; or a list of names, the likeliest first.',
      ),
    extraContext: contextTemplate(contextPlace)
      .default({})
      .describe('What a provider of your own adds to the context of the client.'),
    encryptionContext: contextTemplates(contextPlace)
      .optional()
      .describe(
        'What a provider of your own puts into the context instead of the table name and the key attributes; the algorithms are always added.',
      ),
    materialDescription: text('the name of an attribute')
      .default('*amzn-ddb-map-desc*')
      .describe('The attribute with the material description.'),
    signature: text('the name of an attribute')
      .default('*amzn-ddb-map-sig*')
      .describe('The attribute with the signature.'),
    metaStore: tableName
      .optional()
      .describe(
        'The table of the MetaStore (Most Recent Provider) whose keys items are under. Re-wrapping that table moves them; without this field they are in doubt.',
      ),
  },
  'a format',
);

export type DynamodbEncryptionClientConfig = z.output<typeof dynamodbEncryptionClientConfig>;

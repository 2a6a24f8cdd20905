import * as z from 'zod/mini';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { attributeContextPlaces } from '../attribute/config.ts';
import { contextTemplate, contextTemplates } from '../context-template.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

const contextPlace = once(() => z.union(attributeContextPlaces()));

/** Each further name costs one more request for a data key that is under it. */
const MAX_TABLE_NAMES = 10;

const tableName = once(() => text('the name of a table'));

const tableNames = once(() =>
  z.union([
    tableName(),
    z
      .array(tableName())
      .check(z.minLength(1, { error: 'is empty; write at least one name' }))
      .check(
        z.maxLength(MAX_TABLE_NAMES, {
          error: `are too many names; write at most ${MAX_TABLE_NAMES}`,
        }),
      ),
  ]),
);

/** The job's `format` object for `dynamodb-encryption-client`. */
export const dynamodbEncryptionClientConfig = once(() =>
  strictObject(
    {
      type: z.literal('dynamodb-encryption-client'),
      tableName: described(
        z.optional(tableNames()),
        'The table name that clients put into the context, where it is not that of the store; or a list of names, the likeliest first.',
      ),
      extraContext: described(
        z._default(contextTemplate(contextPlace()), {}),
        'What a provider of your own adds to the context of the client.',
      ),
      encryptionContext: described(
        z.optional(contextTemplates(contextPlace())),
        'What a provider of your own puts into the context instead of the table name and the key attributes; the algorithms are always added.',
      ),
      materialDescription: described(
        z._default(text('the name of an attribute'), '*amzn-ddb-map-desc*'),
        'The attribute with the material description.',
      ),
      signature: described(
        z._default(text('the name of an attribute'), '*amzn-ddb-map-sig*'),
        'The attribute with the signature.',
      ),
      metaStore: described(
        z.optional(tableName()),
        'The table of the MetaStore (Most Recent Provider) whose keys items are under. Re-wrapping that table moves them; without this field they are in doubt.',
      ),
    },
    'a format',
  ),
);

export type DynamodbEncryptionClientConfig = z.output<ReturnType<typeof dynamodbEncryptionClientConfig>>;

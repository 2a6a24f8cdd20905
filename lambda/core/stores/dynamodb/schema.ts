import * as z from 'zod/mini';
import type { Store, StoreCopy } from '../../model/job.ts';
import type { TableScope } from '../../model/scope.ts';
import { strictObject, text } from '../../schema/strict-object.ts';
import { copyFields, storeFields } from '../fields.ts';
import { tableScope } from './scope-schema.ts';
import { once } from '../../schema/once.ts';
import { described } from '../../schema/described.ts';

/** A table, as a job writes it. */
export interface TableStore extends Store {
  readonly type: 'dynamodb';
  readonly table: string;
  readonly scope?: TableScope;
  /** The table whose items of the same keys get the new data keys, where the table itself is to stay as it is. */
  readonly copyTo?: StoreCopy & { readonly table: string };
}

// DynamoDB API reference, TableName: 3 to 255 of these.
const tableName = once(() =>
  text('the name of a table').check(
    z.regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
      error: 'is no table name; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
    }),
  ),
);

export function tableSchema(format: z.ZodMiniType): z.ZodMiniObject {
  return strictObject(
    {
      type: z.literal('dynamodb'),
      table: described(tableName(), 'The name of the table.'),
      format,
      ...storeFields(),
      scope: described(z.optional(tableScope()), 'Narrows runs to a part of the table.'),
      copyTo: described(
        z.optional(
          strictObject(
            { ...copyFields(), table: described(tableName(), 'The table of the copy.') },
            'a destination table',
          ),
        ),
        'Another table: its items with the same keys get the new data keys. The store itself is only read.',
      ),
    },
    'a DynamoDB store',
  );
}

import * as z from 'zod';
import type { Store, StoreCopy } from '../../model/job.ts';
import type { TableScope } from '../../model/scope.ts';
import { strictObject, text } from '../../schema/strict-object.ts';
import { copyFields, storeFields } from '../fields.ts';
import { tableScope } from './scope-schema.ts';

/** A table, as a job writes it. */
export interface TableStore extends Store {
  readonly type: 'dynamodb';
  readonly table: string;
  readonly scope?: TableScope;
  /** The table whose items of the same keys get the new data keys, where the table itself is to stay as it is. */
  readonly copyTo?: StoreCopy & { readonly table: string };
}

// DynamoDB API reference, TableName: 3 to 255 of these.
const tableName = text('the name of a table').regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
  error: 'is no table name; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
});

export function tableSchema(format: z.ZodType): z.ZodObject {
  return strictObject(
    {
      type: z.literal('dynamodb'),
      table: tableName.describe('The name of the table.'),
      format,
      ...storeFields,
      scope: tableScope.optional().describe('Narrows runs to a part of the table.'),
      copyTo: strictObject(
        { ...copyFields, table: tableName.describe('The table of the copy.') },
        'a destination table',
      )
        .optional()
        .describe(
          'Another table: its items with the same keys get the new data keys. The store itself is only read.',
        ),
    },
    'a DynamoDB store',
  );
}

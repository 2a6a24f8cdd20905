import * as z from 'zod';
import type { FormatDefinition, FormatRegistry } from '../model/format.ts';
import { parsePattern } from '../model/place-pattern.ts';
import { keyReference } from './key-reference.ts';
import { bucketScope, tableScope } from './scope-schema.ts';
import { oneOf, strictObject, text } from '../schema/strict-object.ts';

// DynamoDB API reference, TableName: 3 to 255 of these. S3 user guide, bucket naming rules.
const tableName = text('the name of a table').regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
  error: 'is no table name; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
});
const bucketName = text('the name of a bucket').regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'is no bucket name; write 3 to 63 of a-z, 0-9, - and .',
});
const region = text('a Region').regex(/^[a-z]{2}(-[a-z]+)+-\d$/, {
  error: 'is no Region; write one such as eu-west-1',
});
const serverSideEncryptionKey = keyReference
  .optional()
  .describe(
    "The customer managed key of the store's own server-side encryption; granted through that service only.",
  );
const createMissing = z
  .boolean({ error: 'is not true or false' })
  .default(false)
  .describe('Make records that are not there yet; otherwise they are reported as blocked.');

const PLACE_CURE = 'a place such as audit.history, keys[*].edk or metadata.x-old-key, as the report shows it';
const ignore = z
  .array(
    text(PLACE_CURE).refine(pattern => parsePattern(pattern) !== undefined, {
      error: `is no place; write ${PLACE_CURE}`,
    }),
    { error: 'is no list; write the places to ignore' },
  )
  .optional()
  .describe(
    'Places outside the format that hold what looks like a data key and that you answer for: their data keys are not moved, and nothing is said about them.',
  );
const withoutDataKey = oneOf(['expected'])
  .optional()
  .describe('You answer for records in which the format finds no data key: they need none.');
const answers = { ignore, withoutDataKey };

const storeRegion = region
  .optional()
  .describe("The store's Region; that of the source keys where it is not given.");
const copyFields = { region, createMissing, serverSideEncryptionKey };

/** The schema of one store: a table or a bucket, with the formats that its kind of store has. */
export function storeSchema(formats: FormatRegistry) {
  const ofType = (type: FormatDefinition['store']) =>
    formatOf([...formats.values()].filter(format => format.store === type));
  return z.discriminatedUnion('type', [tableSchema(ofType('dynamodb')), bucketSchema(ofType('s3'))], {
    error: 'is no store; write "type": "dynamodb" or "type": "s3"',
  });
}

function tableSchema(format: ReturnType<typeof formatOf>) {
  return strictObject(
    {
      type: z.literal('dynamodb'),
      table: tableName,
      format,
      region: storeRegion,
      serverSideEncryptionKey,
      ...answers,
      scope: tableScope.optional(),
      copyTo: strictObject({ ...copyFields, table: tableName }, 'a destination table')
        .optional()
        .describe('The table whose items of the same keys get the new data keys; this one stays as it is.'),
    },
    'a DynamoDB store',
  );
}

function bucketSchema(format: ReturnType<typeof formatOf>) {
  return strictObject(
    {
      type: z.literal('s3'),
      bucket: bucketName,
      prefix: z
        .string({ error: 'is not a text; write a key prefix or leave it out' })
        .default('')
        .describe('Only keys that start with this.'),
      format,
      region: storeRegion,
      serverSideEncryptionKey,
      ...answers,
      scope: bucketScope.optional(),
      copyTo: strictObject({ ...copyFields, bucket: bucketName }, 'a destination bucket')
        .optional()
        .describe(
          'The bucket whose objects of the same keys get the new data keys; this one stays as it is.',
        ),
    },
    'an S3 store',
  );
}

function formatOf(definitions: readonly FormatDefinition[]) {
  const [first, ...others] = definitions.map(({ configSchema }) => configSchema);
  if (first === undefined) throw new Error('a store type without formats: check the registry');
  const names = definitions.map(({ name }) => `"${name}"`).join(' or ');
  return z.discriminatedUnion('type', [first, ...others], {
    error: `is no format of this kind of store; write "type": ${names}`,
  });
}

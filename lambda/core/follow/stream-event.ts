import * as z from 'zod/mini';
import { once } from '../schema/once.ts';
import type { RecordWritten } from './follow-store.ts';

/** Its locator is the primary key in the JSON of the DynamoDB API. */
export interface ItemWritten extends RecordWritten {
  readonly sequenceNumber: string;
}

export interface TableWritten {
  readonly streamArn: string;
  /** In their order; of one item only the last one, for the item is read as it is now. Deleted ones are not among them. */
  readonly items: readonly ItemWritten[];
}

const keyValue = once(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: z.string() }),
    z.strictObject({ B: z.base64() }),
  ]),
);

/** Of a record only what is used: AWS may add to it. */
const event = once(() =>
  z.object({
    Records: z
      .array(
        z.object({
          eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
          eventSourceARN: z.string(),
          dynamodb: z.object({
            SequenceNumber: z.string().check(z.minLength(1)),
            Keys: z.record(z.string(), keyValue()),
          }),
        }),
      )
      .check(z.minLength(1)),
  }),
);

/** @throws where it is no event of the stream of one table */
export function tableWritten(input: unknown): TableWritten {
  const { Records } = event().parse(input);
  const [streamArn = '', ...others] = new Set(Records.map(({ eventSourceARN }) => eventSourceARN));
  if (others.length > 0) throw new TypeError('one event tells of several streams');
  const items = new Map<string, ItemWritten>();
  for (const { eventName, dynamodb } of Records) {
    const locator = JSON.stringify(Object.fromEntries(Object.entries(dynamodb.Keys).sort(byName)));
    items.delete(locator);
    if (eventName !== 'REMOVE') items.set(locator, { sequenceNumber: dynamodb.SequenceNumber, locator });
  }
  return { streamArn, items: [...items.values()] };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

import { clients } from '../../examples/orders-app/clients.ts';
import { createKeys, type Keys } from '../../examples/orders-app/create-keys.ts';
import { BUCKET, TABLE, writeOrders, type WrittenOrders } from '../../examples/orders-app/write-orders.ts';

export const ORDERS_JOB = { name: 'orders', file: 'examples/jobs/orders.json' } as const;
export const ORDERS_REGION = 'us-east-1';
const QUANTITIES = { orders: 2_000, documents: 500 } as const;

/** What the sample application has written, with the keys that it has used. */
export interface FilledStores extends WrittenOrders {
  readonly app: ReturnType<typeof clients>;
  readonly keys: Keys;
}

/** Before it is there. */
export const TO_BE_WRITTEN = `Writing ${QUANTITIES.orders} items and ${QUANTITIES.documents} objects, each with a data key under the old key …`;

/** The stores that the job of the orders names, as the sample application fills them. */
export async function fillOrders(endpoint: string): Promise<FilledStores> {
  const app = clients({ region: ORDERS_REGION, endpoint });
  const keys = await createKeys(app);
  return { app, keys, ...(await writeOrders(app, keys, QUANTITIES)) };
}

/** What is in the stores, for whoever looks at them next. */
export function filledText({ keys, flawed, sound }: FilledStores): readonly string[] {
  const count = (value: number): string => value.toLocaleString('en-US');
  const without = QUANTITIES.orders + QUANTITIES.documents - sound - flawed.size;
  return [
    `table ${TABLE}: ${count(QUANTITIES.orders)} items; bucket ${BUCKET}: ${count(QUANTITIES.documents)} objects`,
    `of these records, ${count(sound)} open, ${count(flawed.size)} are broken or foreign on purpose, and ${count(without)} have no data key`,
    `alias/orders-2025, the old key: ${keys.old}`,
    `alias/orders-2026, the new key: ${keys.new}`,
  ];
}

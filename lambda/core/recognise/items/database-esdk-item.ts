import { Buffer } from 'node:buffer';
import type { ItemRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { databaseEsdkHeader } from '../refused/database-esdk-header.ts';
import { bytesOf } from './attributes.ts';

const HEAD = 'aws_dbe_head';
const FOOT = 'aws_dbe_foot';

/** An item of the AWS Database Encryption SDK: its header and its footer are attributes of their own. */
export function databaseEsdkItem({ attributes }: ItemRecord): Recognised | undefined {
  const head = bytesOf(attributes, HEAD);
  if (head === undefined || bytesOf(attributes, FOOT) === undefined) return undefined;
  const header = databaseEsdkHeader(Buffer.from(head.buffer, head.byteOffset, head.byteLength));
  return header && one({ kind: 'refused', slot: HEAD, ...header }, HEAD, FOOT);
}

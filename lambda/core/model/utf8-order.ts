import { Buffer } from 'node:buffer';

/** S3 lists keys in UTF-8 byte order; JavaScript compares UTF-16 units, which differs beyond the basic plane. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}

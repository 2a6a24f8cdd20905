import { createHash } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** IAM user guide, "IAM identifiers": of a role or user. The same for an ARN at all times. */
export function uniqueId(arn: string): string {
  const digest = createHash('sha256').update(arn).digest().subarray(0, 17);
  const letters = [...digest].map(byte => LETTERS[byte % LETTERS.length]).join('');
  return `${arn.includes(':role/') ? 'AROA' : 'AIDA'}${letters}`;
}

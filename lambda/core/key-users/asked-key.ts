import { parseKeyReference } from '../model/arn.ts';
import type { KmsEvent } from './kms-event.ts';

/** The key whose users are asked for. */
export interface AskedKey {
  readonly keyArn: string;
  /** `alias/NAME`: a call that failed may have named the key by one. */
  readonly aliases: readonly string[];
}

/**
 * Which key a call has named. `replica`: the same multi-Region key in another Region, which is a key of its own to whoever disables one of
 * them, and has the same key material.
 */
export function keyMeant(
  { keyArn, aliases }: AskedKey,
  reference: string,
  { region, account }: Pick<KmsEvent, 'region' | 'account'>,
): 'this' | 'replica' | 'another' {
  const key = parseKeyReference(keyArn);
  if (reference === keyArn) return 'this';
  if (key?.kind !== 'key') return 'another';
  const named = parseKeyReference(reference);
  if (named === undefined) {
    const here = region === key.region && (account ?? key.account) === key.account;
    return here && (reference === key.keyId || aliases.includes(reference)) ? 'this' : 'another';
  }
  if (named.account !== key.account || named.partition !== key.partition) return 'another';
  if (named.kind === 'alias')
    return named.region === key.region && aliases.includes(named.alias) ? 'this' : 'another';
  return key.keyId.startsWith('mrk-') && named.keyId === key.keyId ? 'replica' : 'another';
}

import { Buffer } from 'node:buffer';

/** The source keys as values name them. */
export interface KeyNames {
  /** Key ids: a key ARN holds one as well. Of keys that have their id in common with the destination key, ARNs. */
  readonly ids: readonly string[];
  /** Alias ARNs and names, which a longer one may begin with. */
  readonly aliases: ReadonlySet<string>;
}

/** From ARNs of keys and aliases. `destination`: the ARN of a key whose name is none of these. */
export function keyNamesOf(arns: readonly string[], destination = ''): KeyNames {
  const afterSlash = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
  const idOf = (arn: string): string => (afterSlash(arn) === afterSlash(destination) ? arn : afterSlash(arn));
  return {
    ids: arns.filter(arn => arn.includes(':key/')).map(idOf),
    aliases: new Set(
      arns.filter(arn => arn.includes(':alias/')).flatMap(arn => [arn, `alias/${afterSlash(arn)}`]),
    ),
  };
}

/** Whether a value names a source key: its reader may ask KMS with that key. */
export function namedIn(value: string | Uint8Array, { ids, aliases }: KeyNames): boolean {
  if (typeof value === 'string')
    return aliases.has(value) || ids.some(id => value.length >= id.length && value.includes(id));
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return ids.some(id => bytes.includes(id, 0, 'latin1'));
}

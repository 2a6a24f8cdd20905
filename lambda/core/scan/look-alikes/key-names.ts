/** The source keys as texts name them. */
export interface KeyNames {
  /** Key ids: a key ARN holds one as well. */
  readonly ids: readonly string[];
  /** Alias ARNs and names, which a longer one may begin with. */
  readonly aliases: ReadonlySet<string>;
}

/** From ARNs of keys and aliases. */
export function keyNamesOf(arns: readonly string[]): KeyNames {
  const afterSlash = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
  return {
    ids: arns.filter(arn => arn.includes(':key/')).map(afterSlash),
    aliases: new Set(
      arns.filter(arn => arn.includes(':alias/')).flatMap(arn => [arn, `alias/${afterSlash(arn)}`]),
    ),
  };
}

/** Whether a text names a source key: its reader may ask KMS with that key. */
export function namedIn(text: string, { ids, aliases }: KeyNames): boolean {
  return aliases.has(text) || ids.some(id => text.length >= id.length && text.includes(id));
}

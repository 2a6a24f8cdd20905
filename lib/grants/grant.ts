import { parseKeyReference } from '../../lambda/core/model/arn.ts';

/** What a role may do with one resource. Statements are made of many of them (statements.ts). */
export interface Grant {
  readonly actions: readonly string[];
  readonly resource: string;
  /** All of them hold. */
  readonly conditions?: readonly Condition[];
}

export interface Condition {
  readonly operator: 'StringEquals' | 'StringLikeIfExists' | 'ForAnyValue:StringEquals';
  readonly key: string;
  readonly value: string;
}

/** What a job leaves to the stack. */
export interface Home {
  /** Of ARNs. */
  readonly partition: string;
  readonly account: string;
  /** @default none but those that jobs name */
  readonly storeKeys?: StoreKeys;
}

/** ARNs of the keys of tables' and buckets' own encryption, by `storeKeyOf`. They may be tokens: only templates have them. */
export type StoreKeys = ReadonlyMap<string, string>;

export function storeKeyOf({
  type,
  region,
  name,
}: {
  readonly type: string;
  readonly region?: string;
  readonly name: string;
}): string {
  return `${type} ${region} ${name}`;
}

/**
 * Actions on a key that a job names. A key ARN is granted directly. An alias ARN cannot be the resource of a key operation,
 * so its key is granted by a condition on the alias.
 */
export function keyGrant(
  actions: readonly string[],
  reference: string,
  conditions: readonly Condition[] = [],
): Grant {
  const key = parseKeyReference(reference);
  if (key?.kind !== 'alias') return { actions, resource: reference, conditions };
  const { partition, region, account, alias } = key;
  return {
    actions,
    resource: `arn:${partition}:kms:${region}:${account}:key/*`,
    conditions: [
      ...conditions,
      { operator: 'ForAnyValue:StringEquals', key: 'kms:ResourceAliases', value: alias },
    ],
  };
}

import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Key } from './key.ts';

export interface Grant {
  readonly id: string;
  /** One for each request that made it. */
  readonly tokens: readonly string[];
  readonly keyArn: string;
  readonly grantee: string;
  readonly retiring: string | undefined;
  readonly issuingAccount: string;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints | undefined;
  readonly name: string | undefined;
  readonly createdAt: number;
}

export interface GrantConstraints {
  readonly EncryptionContextEquals?: Pairs;
  readonly EncryptionContextSubset?: Pairs;
}
type Pairs = Readonly<Record<string, string>>;

type Granted = Omit<Grant, 'id' | 'tokens' | 'createdAt'>;

/** KMS API reference, CreateGrant: constraints on contexts do not apply to these. */
const WITHOUT_CONTEXT: readonly string[] = ['DescribeKey', 'RetireGrant'];

/** Grants of all keys. A grant works at once, with its token or without. */
export class Grants {
  readonly #grants = new Map<string, Grant>();

  /** A named grant is made once; each request for it has a token of its own. */
  make(granted: Granted, createdAt: number): { readonly id: string; readonly token: string } {
    const token = randomBytes(96).toString('base64');
    const same = this.find(
      ({ id: _, tokens: __, createdAt: ___, ...known }) =>
        granted.name !== undefined && isDeepStrictEqual(known, granted),
    );
    const grant = same ?? { ...granted, id: randomBytes(32).toString('hex'), tokens: [], createdAt };
    this.#grants.set(grant.id, { ...grant, tokens: [...grant.tokens, token] });
    return { id: grant.id, token };
  }

  of(key: Key): readonly Grant[] {
    return [...this.#grants.values()].filter(({ keyArn }) => keyArn === key.arn);
  }

  /** Who may do an operation with an encryption context by a grant. */
  granteesFor(
    key: Key,
    { operation, encryptionContext }: { readonly operation: string; readonly encryptionContext: Pairs },
  ): readonly string[] {
    return this.of(key)
      .filter(
        ({ operations, constraints }) =>
          operations.includes(operation) &&
          (WITHOUT_CONTEXT.includes(operation) || meets(encryptionContext, constraints ?? {})),
      )
      .map(({ grantee }) => grantee);
  }

  find(matches: (grant: Grant) => boolean): Grant | undefined {
    return [...this.#grants.values()].find(matches);
  }

  remove(id: string): void {
    this.#grants.delete(id);
  }

  hasToken(token: unknown): boolean {
    return this.find(({ tokens }) => tokens.some(known => known === token)) !== undefined;
  }
}

function meets(
  context: Pairs,
  { EncryptionContextEquals: equals, EncryptionContextSubset: subset }: GrantConstraints,
): boolean {
  const holds = (pairs: Pairs): boolean =>
    Object.entries(pairs).every(([name, value]) => context[name] === value);
  if (equals !== undefined && (!holds(equals) || Object.keys(context).length !== Object.keys(equals).length))
    return false;
  return subset === undefined || holds(subset);
}

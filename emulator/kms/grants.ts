import { randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { text } from './members.ts';
import { page } from './paging.ts';

interface Grant {
  readonly id: string;
  readonly token: string;
  readonly keyArn: string;
  readonly grantee: string;
  readonly operations: readonly string[];
  readonly constraints: Constraints | undefined;
  readonly name: string | undefined;
  readonly createdAt: number;
}

interface Constraints {
  readonly EncryptionContextEquals?: Pairs;
  readonly EncryptionContextSubset?: Pairs;
}
type Pairs = Readonly<Record<string, string>>;

/** Grants of all keys. A grant works at once, with its token or without. */
export class Grants {
  readonly #grants = new Map<string, Grant>();

  add(grant: Grant): void {
    this.#grants.set(grant.id, grant);
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
          operations.includes(operation) && meets(encryptionContext, constraints ?? {}),
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
    return this.find(grant => grant.token === token) !== undefined;
  }
}

function meets(
  context: Pairs,
  { EncryptionContextEquals: equals, EncryptionContextSubset: subset }: Constraints,
): boolean {
  const holds = (pairs: Pairs): boolean =>
    Object.entries(pairs).every(([name, value]) => context[name] === value);
  if (equals !== undefined && (!holds(equals) || Object.keys(context).length !== Object.keys(equals).length))
    return false;
  return subset === undefined || holds(subset);
}

export function grantOperations(store: KeyStore, grants: Grants): Readonly<Record<string, Operation>> {
  const remove = (grant: Grant | undefined): void => {
    if (grant === undefined) throw new AwsError('NotFoundException', 'The grant is not found.');
    grants.remove(grant.id);
  };
  return {
    CreateGrant: (input, at) => {
      const key = store.resolve(input['KeyId'], at);
      const grant: Grant = {
        id: randomBytes(32).toString('hex'),
        token: randomBytes(96).toString('base64'),
        keyArn: key.arn,
        grantee: text(input, 'GranteePrincipal'),
        operations: (input['Operations'] ?? []) as readonly string[],
        constraints: input['Constraints'] as Constraints | undefined,
        name: input['Name'] as string | undefined,
        createdAt: store.now(),
      };
      grants.add(grant);
      return { GrantId: grant.id, GrantToken: grant.token };
    },
    ListGrants: (input, at) => {
      const listed = grants.of(store.resolve(input['KeyId'], at)).map(grant => ({
        KeyId: grant.keyArn,
        GrantId: grant.id,
        GranteePrincipal: grant.grantee,
        Operations: grant.operations,
        Constraints: grant.constraints,
        Name: grant.name,
        CreationDate: grant.createdAt / 1000,
      }));
      return page(input, 'Grants', listed);
    },
    RevokeGrant: (input, at) => {
      const key = store.resolve(input['KeyId'], at);
      remove(grants.of(key).find(({ id }) => id === input['GrantId']));
    },
    RetireGrant: input =>
      remove(grants.find(({ id, token }) => token === input['GrantToken'] || id === input['GrantId'])),
  };
}

import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { Grant, GrantConstraints, Grants } from './grants.ts';
import { isSymmetric, type Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { missing, needNone, oneOf, text } from './members.ts';
import { page } from './paging.ts';
import { dryRun, needEnabled } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

const OF_ANY_KEY = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
const ENCRYPTING = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const OF_DATA_KEYS = [
  ...['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'],
  ...['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
];
const OTHERS = [
  ...['GetPublicKey', 'Sign', 'Verify', 'GenerateMac', 'VerifyMac'],
  ...['DeriveSharedSecret', 'Encapsulate', 'Decapsulate'],
];
const ALL = [...OF_ANY_KEY, ...ENCRYPTING, ...OF_DATA_KEYS, ...OTHERS];

export function grantOperations(store: KeyStore, grants: Grants): Readonly<Record<string, Operation>> {
  return {
    CreateGrant: (input, at) => {
      needNone(input, ['GranteeServicePrincipal', 'RetiringServicePrincipal']);
      const key = store.resolve(input['KeyId'], at);
      const granted = {
        keyArn: key.arn,
        grantee: text(input, 'GranteePrincipal'),
        retiring: input['RetiringPrincipal'] as string | undefined,
        issuingAccount: at.caller.accountId,
        operations: operationsFor(key, input),
        constraints: constraintsOf(input),
        name: input['Name'] as string | undefined,
      };
      needEnabled(key);
      dryRun(input);
      const { id, token } = grants.make(granted, store.now());
      return { GrantId: id, GrantToken: token };
    },
    ListGrants: (input, at) => {
      const { GrantId, GranteePrincipal } = input;
      const listed = grants
        .of(store.resolve(input['KeyId'], at))
        .filter(({ id }) => GrantId === undefined || id === GrantId)
        .filter(({ grantee }) => GranteePrincipal === undefined || grantee === GranteePrincipal);
      return page(input, 'Grants', listed.map(shown));
    },
    RevokeGrant: (input, at) => {
      remove(grants, input, ofKey(grants, store.resolve(input['KeyId'], at), input));
    },
    RetireGrant: (input, at) => {
      const { GrantToken, KeyId, GrantId } = input;
      if (GrantToken === undefined && (KeyId === undefined || GrantId === undefined))
        throw validationError('A grant is retired by its token, or by its id and its key.');
      const grant =
        GrantToken === undefined
          ? ofKey(grants, store.resolve(KeyId, at), input)
          : grants.find(({ tokens }) => tokens.some(token => token === GrantToken));
      remove(grants, input, grant);
    },
  };
}

function ofKey(grants: Grants, key: Key, { GrantId }: Input): Grant | undefined {
  return grants.of(key).find(({ id }) => id === GrantId);
}

function remove(grants: Grants, input: Input, grant: Grant | undefined): void {
  if (grant === undefined) throw new AwsError('NotFoundException', 'The grant is not found.');
  dryRun(input);
  grants.remove(grant.id);
}

/** A grant cannot allow what the key does not do. */
function operationsFor(key: Key, input: Input): readonly string[] {
  const given: unknown = input['Operations'];
  if (!Array.isArray(given)) throw missing('Operations');
  const operations = given.map(operation =>
    oneOf({ Operations: operation as unknown }, 'Operations', ALL, ''),
  );
  const impossible = operations.find(operation => !possible(key).includes(operation));
  if (impossible !== undefined)
    throw validationError(`The operation ${impossible} is not supported on ${key.arn}.`);
  return operations;
}

function possible(key: Key): readonly string[] {
  if (isSymmetric(key)) return [...OF_ANY_KEY, ...ENCRYPTING, ...OF_DATA_KEYS];
  switch (key.usage) {
    case 'ENCRYPT_DECRYPT':
      return [...OF_ANY_KEY, ...ENCRYPTING, 'GetPublicKey'];
    case 'SIGN_VERIFY':
      return [...OF_ANY_KEY, 'GetPublicKey', 'Sign', 'Verify'];
    default:
      return [...OF_ANY_KEY, 'GetPublicKey', 'DeriveSharedSecret'];
  }
}

/** A constraint that is not looked at would allow more than AWS does. */
function constraintsOf({ Constraints }: Input): GrantConstraints | undefined {
  if (Constraints === undefined) return undefined;
  needNone(Constraints as Input, ['SourceArn']);
  return Constraints as GrantConstraints;
}

function shown(grant: Grant): object {
  return {
    KeyId: grant.keyArn,
    GrantId: grant.id,
    GranteePrincipal: grant.grantee,
    RetiringPrincipal: grant.retiring,
    IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
    Operations: grant.operations,
    Constraints: grant.constraints,
    Name: grant.name,
    CreationDate: grant.createdAt / 1000,
  };
}

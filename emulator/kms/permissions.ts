import { randomUUID } from 'node:crypto';
import type { ConditionKeys, Permission } from '../protocol/authorization.ts';
import { asAwsError, type OperationContext } from '../protocol/json-protocol.ts';
import type { Grants } from './grants.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';
import type { TellCall } from './told-calls.ts';

type Input = Readonly<Record<string, unknown>>;

interface Use {
  /** The name of the operation, or ReEncryptFrom and ReEncryptTo. */
  readonly operation: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** Of the request, by name. */
  readonly conditions?: Readonly<Record<string, string | undefined>>;
}

/** DynamoDB Developer Guide, "Key policy for a customer managed key". */
const NEEDED_OF_A_TABLE_KEY = [
  'DescribeKey',
  'CreateGrant',
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
] as const;

/** Asks IAM about keys: with the key's policy, which always decides, its grants and its aliases. */
export class KeyPermissions {
  readonly #store: KeyStore;
  readonly #grants: Grants;
  readonly #tell: TellCall;

  /** @param tell is told of the calls that services make for their callers */
  constructor(store: KeyStore, grants: Grants, tell: TellCall = () => undefined) {
    this.#store = store;
    this.#grants = grants;
    this.#tell = tell;
  }

  /** @throws AwsError AccessDeniedException */
  need(key: Key, use: Use, { iam, caller }: OperationContext): void {
    iam.need(this.#permission(key, use, { 'kms:CallerAccount': caller.accountId }));
  }

  /** An operation of the same name as its action, with the encryption context and aliases of its request. */
  needOperation(
    key: Key,
    { operation, input }: { operation: string; input: Input },
    at: OperationContext,
  ): void {
    const conditions = {
      'kms:RequestAlias': requestAlias(input['KeyId']),
      ...signingConditions(operation, input),
      ...requestTags(input),
    };
    this.need(key, { operation, encryptionContext: textsOf(input['EncryptionContext']), conditions }, at);
  }

  /** @throws AwsError for an action without a key, as CreateKey and ListKeys are */
  needWithoutKey(
    { operation, input }: { operation: string; input: Input },
    { iam, caller }: OperationContext,
  ): void {
    iam.need({
      ...{ action: `kms:${operation}`, resource: '*', resourceAccountId: caller.accountId },
      conditions: requestTags(input),
    });
  }

  /**
   * A service uses a key for its caller: `s3` and `dynamodb` for what they store.
   *
   * @throws AwsError AccessDeniedException; NotFoundException if there is no such key
   */
  needThrough(service: string, reference: string, { use, at }: { use: Use; at: OperationContext }): Key {
    const key = this.#store.resolve(reference, { ...at, region: reference.split(':')[3] ?? at.region });
    const through = {
      'kms:CallerAccount': at.caller.accountId,
      'kms:ViaService': `${service}.${at.region}.amazonaws.com`,
      'aws:ViaAWSService': 'true',
    };
    at.iam.need(this.#permission(key, use, through));
    return key;
  }

  /** As `needThrough`, for a use that CloudTrail is told of. */
  #useThrough(service: string, reference: string, { use, at }: { use: Use; at: OperationContext }): void {
    const { operation, encryptionContext } = use;
    const call = {
      ...{ eventId: randomUUID(), operation, at, time: this.#store.now() },
      ...{ invokedBy: `${service}.amazonaws.com` },
      input: { KeyId: reference, EncryptionContext: encryptionContext },
    };
    try {
      const { arn } = this.needThrough(service, reference, { use, at });
      this.#tell({ ...call, output: {}, keyArns: [arn] });
    } catch (error) {
      const { code, message } = asAwsError(error);
      this.#tell({ ...call, error: { code, message }, keyArns: [] });
      throw error;
    }
  }

  readonly forDynamoDb = {
    /** DynamoDB opens a table for whoever reads or writes items of it. */
    use: (key: string, tableName: string, at: OperationContext): void =>
      this.#useThrough('dynamodb', key, { use: ofTable('Decrypt', tableName, at), at }),
    /** Whoever gives a table a key must have all that DynamoDB needs of it. */
    choose: (reference: string, tableName: string, at: OperationContext): string => {
      const { arn } = this.#store.resolve(reference, at);
      for (const operation of NEEDED_OF_A_TABLE_KEY)
        this.needThrough('dynamodb', arn, { use: ofTable(operation, tableName, at), at });
      return arn;
    },
  };

  /** S3 opens and seals objects. Its own key, `aws/s3`, is open to whoever may use the bucket. */
  readonly forS3 = (
    { operation, key, objectArn }: { operation: string; key: string; objectArn: string },
    at: OperationContext,
  ): void => {
    if (key.endsWith('alias/aws/s3')) return;
    this.#useThrough('s3', key, { use: { operation, encryptionContext: { 'aws:s3:arn': objectArn } }, at });
  };

  #permission(key: Key, use: Use, conditions: Readonly<Record<string, string>>): Permission {
    return {
      action: `kms:${use.operation}`,
      resource: key.arn,
      resourceAccountId: key.accountId,
      conditions: this.#conditions(key, use, conditions),
      resourcePolicy: key.policy,
      resourceDecides: true,
      grantees: this.#grants.granteesFor(key, use),
    };
  }

  #conditions(
    key: Key,
    { encryptionContext, conditions }: Use,
    more: Readonly<Record<string, string>>,
  ): ConditionKeys {
    const pairs = Object.entries(encryptionContext);
    return {
      ...conditions,
      ...more,
      'kms:ResourceAliases': this.#store.aliasesTo(key.arn),
      'kms:KeySpec': key.spec,
      'kms:KeyUsage': key.usage,
      'kms:KeyOrigin': key.origin,
      'kms:MultiRegion': String(key.multiRegion),
      'kms:EncryptionContextKeys': pairs.length === 0 ? undefined : pairs.map(([name]) => name),
      ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
      ...Object.fromEntries(key.tags.map(({ TagKey, TagValue }) => [`aws:ResourceTag/${TagKey}`, TagValue])),
    };
  }
}

/** With the encryption context of DynamoDB, by which its grants are bound to the table, too. */
function ofTable(operation: string, tableName: string, { caller }: OperationContext): Use {
  const encryptionContext = {
    'aws:dynamodb:tableName': tableName,
    'aws:dynamodb:subscriberId': caller.accountId,
  };
  if (operation === 'DescribeKey') return { operation, encryptionContext: {} };
  return operation === 'CreateGrant'
    ? { operation, encryptionContext, conditions: { 'kms:GrantIsForAWSResource': 'true' } }
    : { operation, encryptionContext };
}

/** Of CreateKey, ReplicateKey and TagResource (service authorization reference). */
function requestTags({ Tags }: Input): Readonly<Record<string, string>> {
  const tags = Array.isArray(Tags) ? (Tags as readonly { TagKey?: string; TagValue?: string }[]) : [];
  return Object.fromEntries(
    tags.map(({ TagKey = '', TagValue = '' }) => [`aws:RequestTag/${TagKey}`, TagValue]),
  );
}

/** KMS developer guide, "AWS KMS condition keys": of Sign and Verify. */
function signingConditions(operation: string, input: Input): Readonly<Record<string, string>> {
  if (operation !== 'Sign' && operation !== 'Verify') return {};
  const { MessageType = 'RAW', SigningAlgorithm } = input;
  return {
    'kms:MessageType': String(MessageType),
    ...(typeof SigningAlgorithm === 'string' && { 'kms:SigningAlgorithm': SigningAlgorithm }),
  };
}

/** The alias by which a request names its key. */
export function requestAlias(reference: unknown): string | undefined {
  return typeof reference === 'string' ? /(?:^|:)(alias\/.+)$/.exec(reference)?.[1] : undefined;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
}

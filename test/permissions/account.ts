import { BranchKeyStoreNode } from '@aws-crypto/branch-keystore-node';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { Embedded } from '../support/embedded.ts';

export interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
}

export const HERE = 'us-east-1';
export const THERE = 'eu-west-1';
const OTHER_ACCOUNT = '444455556666';
const RECORDS = 3;
/** So many that a page of some unit has several: only these are written in one request. */
const ITEMS = 16;

/** An account with one store of each kind that a job can have, and keys for every route. */
export class Account {
  readonly here: Clients;
  readonly there: Clients;
  /** Of another account, in the same Region. */
  readonly others: Clients;
  /** The ARN of the stream of the table that is followed. */
  stream = '';
  keys = {
    source: '',
    behindAlias: '',
    destination: '',
    multiRegion: '',
    single: '',
    european: '',
    foreign: '',
    tableEncryption: '',
    bucketEncryption: '',
    thereEncryption: '',
    neighbour: '',
    neighbourThere: '',
  };

  constructor(aws: Embedded) {
    this.here = aws;
    const config = { endpoint: aws.endpoint, region: THERE };
    this.there = {
      kms: new KMSClient(config),
      dynamodb: new DynamoDBClient(config),
      s3: new S3Client(config),
    };
    const credentials = { accessKeyId: OTHER_ACCOUNT, secretAccessKey: 'x' };
    const theirs = { endpoint: aws.endpoint, region: HERE, credentials };
    this.others = {
      kms: new KMSClient(theirs),
      dynamodb: new DynamoDBClient(theirs),
      s3: new S3Client(theirs),
    };
  }

  destroy(): void {
    for (const { kms, dynamodb, s3 } of [this.there, this.others])
      for (const client of [kms, dynamodb, s3]) client.destroy();
  }

  async fill(): Promise<void> {
    await this.#makeKeys();
    const { source, behindAlias, multiRegion, single, tableEncryption, thereEncryption } = this.keys;
    const { foreign } = this.keys;
    await this.#table('Plain', { key: source, encryptedBy: tableEncryption });
    await this.#table('Indexed', { key: source });
    await this.#table('ByAlias', { key: behindAlias });
    await this.#table('MultiRegion', { key: multiRegion });
    await this.#table('Plaintext', { key: single });
    await this.#table('Copied', { key: source });
    await this.#table('CopiedWhole', { key: source });
    await this.#table('Copy', { key: source, at: this.there, encryptedBy: thereEncryption });
    // Some of the items are there already, the others are made.
    await this.#table('Made', { key: source, at: this.there, records: ITEMS - 2 });
    await this.#table('FromOthers', { key: foreign });
    this.stream = await this.#table('Followed', {
      key: source,
      encryptedBy: tableEncryption,
      streamed: true,
    });
    await this.#table('Neighbour', { key: this.keys.neighbour });
    await this.#branchKeys('BranchKeys', source);
    await this.#buckets();
  }

  /** As an administrator. */
  async list(region: string, Bucket: string): Promise<void> {
    await (region === THERE ? this.there : this.here).s3.send(new ListObjectsV2Command({ Bucket }));
  }

  /** As an application that has not heard of the new key: several items at once, and then one alone. Another one has. */
  async writeLate(followed: () => Promise<void>): Promise<void> {
    const { dynamodb } = this.here;
    const { source, destination } = this.keys;
    const late = async (id: string, key = source) => ({
      id: { S: id },
      edk: { B: await this.#dataKey(key) },
    });
    const put = async (Item: Awaited<ReturnType<typeof late>>): Promise<void> => {
      await dynamodb.send(new PutItemCommand({ TableName: 'Followed', Item }));
      await followed();
    };
    const Items = [await late('late-0'), await late('late-1')];
    await dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: { Followed: Items.map(Item => ({ PutRequest: { Item } })) },
      }),
    );
    await followed();
    await put(await late('late-2'));
    await put(await late('in-time', destination));
  }

  async #makeKeys(): Promise<void> {
    const make = async ({ kms }: Clients, input: CreateKeyCommandInput = {}): Promise<string> =>
      (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
    this.keys = {
      source: await make(this.here),
      behindAlias: await make(this.here),
      destination: await make(this.here),
      multiRegion: await make(this.here, { MultiRegion: true }),
      single: await make(this.here),
      european: await make(this.there),
      foreign: await make(this.others, { Policy: JSON.stringify(SHARED_KEY) }),
      tableEncryption: await make(this.here),
      bucketEncryption: await make(this.here),
      thereEncryption: await make(this.there),
      neighbour: await make(this.here),
      neighbourThere: await make(this.there),
    };
    await this.here.kms.send(
      new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: this.keys.behindAlias }),
    );
  }

  #kmsOf(key: string): KMSClient {
    return (key.includes(OTHER_ACCOUNT) ? this.others : this.here).kms;
  }

  async #dataKey(KeyId: string): Promise<Uint8Array> {
    const { CiphertextBlob } = await this.#kmsOf(KeyId).send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }),
    );
    return CiphertextBlob!;
  }

  /** With an index that holds every other item. @returns the ARN of its stream, or nothing */
  async #table(
    TableName: string,
    { key, at = this.here, encryptedBy, records = ITEMS, streamed = false }: TableProps,
  ): Promise<string> {
    const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
    const { TableDescription } = await at.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [attribute('id'), attribute('open')],
        ...(streamed && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'sparse',
            KeySchema: [{ AttributeName: 'open', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        ...(encryptedBy !== undefined && {
          SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: encryptedBy },
        }),
      }),
    );
    for (let index = 0; key !== undefined && index < records; index++)
      await at.dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: {
            id: { S: `i-${index}` },
            edk: { B: await this.#dataKey(key) },
            ...(index % 2 === 0 && { open: { S: 'yes' } }),
          },
        }),
      );
    return TableDescription?.LatestStreamArn ?? '';
  }

  async #branchKeys(ddbTableName: string, identifier: string): Promise<void> {
    const { kms: kmsClient, dynamodb: ddbClient } = this.here;
    const names = ['branch-key-id', 'type'];
    await ddbClient.send(
      new CreateTableCommand({
        TableName: ddbTableName,
        KeySchema: names.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const store = new BranchKeyStoreNode({
      logicalKeyStoreName: ddbTableName,
      kmsConfiguration: { identifier },
      keyManagement: { kmsClient },
      storage: { ddbTableName, ddbClient },
    });
    await store.createKey();
  }

  async #buckets(): Promise<void> {
    const { source, neighbour, bucketEncryption, thereEncryption } = this.keys;
    const sse = (SSEKMSKeyId: string) => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId }) as const;
    await this.#bucket('plain-documents', { key: source, object: sse(bucketEncryption) });
    await this.#bucket('tagged-documents', { key: source, context: 'acme' });
    await this.#bucket('versioned-documents', { key: source, context: 'acme' });
    await this.#bucket('sealed-documents', { key: source, inBody: true });
    await this.#bucket('annotated-documents', { key: source, inAnnotation: true });
    // They have noncurrent versions, whose annotations are their own.
    await this.fillBucket('annotated-documents', { key: source, inAnnotation: true });
    await this.#bucket('plaintext-documents', { key: this.keys.single });
    await this.#bucket('copied-documents', { key: source });
    await this.#bucket('whole-documents', { key: source });
    await this.#bucket('copy-documents', { key: source, at: this.there, object: sse(thereEncryption) });
    await this.#bucket('made-documents', { key: source, at: this.there, records: 1 });
    await this.#bucket('misspelt-documents', { key: source, folder: 'a/c/e/' });
    await this.#bucket('followed-documents', { key: source, object: sse(bucketEncryption) });
    await this.#bucket('neighbour-documents', { key: neighbour });
  }

  async #bucket(Bucket: string, props: BucketProps): Promise<void> {
    const { at = this.here } = props;
    await at.s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: true,
        ObjectOwnership: 'ObjectWriter',
        ...(at === this.there && { CreateBucketConfiguration: { LocationConstraint: THERE } }),
      }),
    );
    await this.fillBucket(Bucket, props);
  }

  /** Objects with all that a copy must carry over; without annotations where the body is replaced, because S3 drops them. */
  async fillBucket(Bucket: string, props: BucketProps): Promise<void> {
    const { key, at = this.here, object = {}, context } = props;
    const { inBody = false, inAnnotation = false, folder = 'a/b/', records = RECORDS } = props;
    for (let index = 0; key !== undefined && index < records; index++) {
      const Key = `${folder}${index}`;
      const dataKey = await this.#dataKeyOf(key, context);
      const edk = Buffer.from(dataKey).toString('base64');
      await at.s3.send(
        new PutObjectCommand({
          ...{ Bucket, Key },
          ...(inBody ? { Body: dataKey } : { Body: 'body', Metadata: { edk } }),
          ...{ Tagging: 'tenant=acme', ACL: 'authenticated-read', ObjectLockLegalHoldStatus: 'ON' },
          ObjectLockMode: 'GOVERNANCE',
          ObjectLockRetainUntilDate: new Date(Date.now() + 24 * 3_600_000),
          ...object,
        }),
      );
      if (inBody) continue;
      await at.s3.send(
        new PutObjectAnnotationCommand({
          ...{ Bucket, Key, AnnotationName: inAnnotation ? 'edk' : 'note' },
          AnnotationPayload: inAnnotation ? edk : 'kept',
        }),
      );
    }
  }

  async #dataKeyOf(key: string, tenant: string | undefined): Promise<Uint8Array> {
    if (tenant === undefined) return this.#dataKey(key);
    const { CiphertextBlob } = await this.here.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({
        ...{ KeyId: key, KeySpec: 'AES_256' },
        EncryptionContext: { tenant },
      }),
    );
    return CiphertextBlob!;
  }
}

/** What another account says of a key that it lets this account move data keys out of. */
const SHARED_KEY = {
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` } },
      ...{ Action: 'kms:*', Resource: '*' },
    },
    {
      ...{ Sid: 'ThisAccount', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' } },
      Action: ['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:ReEncryptFrom'],
      Resource: '*',
    },
  ],
};

interface TableProps {
  readonly key?: string;
  readonly at?: Clients;
  readonly encryptedBy?: string;
  readonly records?: number;
  readonly streamed?: boolean;
}

interface BucketProps {
  readonly key?: string;
  readonly at?: Clients;
  readonly object?: Partial<PutObjectCommandInput>;
  /** The tenant that data keys are bound to. */
  readonly context?: string;
  /** Data keys are the objects themselves. */
  readonly inBody?: boolean;
  /** Data keys are annotations. */
  readonly inAnnotation?: boolean;
  readonly folder?: string;
  readonly records?: number;
}

import { BranchKeyStoreNode } from '@aws-crypto/branch-keystore-node';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ReplicateKeyCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
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

const HERE = 'us-east-1';
export const THERE = 'eu-west-1';
const RECORDS = 3;

/** An account with one store of each kind that a job can have, and keys for every route. */
export class Account {
  readonly here: Clients;
  readonly there: Clients;
  readonly #made = new Set<string>();
  keys = {
    source: '',
    behindAlias: '',
    destination: '',
    multiRegion: '',
    single: '',
    european: '',
    bridge: '',
    tableEncryption: '',
    bucketEncryption: '',
    thereEncryption: '',
    neighbour: '',
  };

  constructor(aws: Embedded) {
    this.here = aws;
    const config = { endpoint: aws.endpoint, region: THERE };
    this.there = {
      kms: new KMSClient(config),
      dynamodb: new DynamoDBClient(config),
      s3: new S3Client(config),
    };
  }

  destroy(): void {
    for (const client of Object.values(this.there)) (client as { destroy(): void }).destroy();
  }

  async fill(): Promise<void> {
    await this.#makeKeys();
    const { source, behindAlias, multiRegion, single, tableEncryption, thereEncryption } = this.keys;
    await this.#table('Plain', { key: source, encryptedBy: tableEncryption });
    await this.#table('Indexed', { key: source });
    await this.#table('ByAlias', { key: behindAlias });
    await this.#table('MultiRegion', { key: multiRegion });
    await this.#table('Plaintext', { key: single });
    await this.#table('Copied', { key: source });
    await this.#table('CopiedWhole', { key: source });
    await this.#table('Copy', { key: source, at: this.there, encryptedBy: thereEncryption });
    await this.#table('Made', { at: this.there });
    await this.#table('Neighbour', { key: this.keys.neighbour });
    await this.#branchKeys('BranchKeys', source);
    await this.#buckets();
    await this.#documents();
  }

  async #makeKeys(): Promise<void> {
    const make = async ({ kms }: Clients, input: CreateKeyCommandInput = {}): Promise<string> =>
      (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
    const shared = async (): Promise<string> => {
      const arn = await make(this.here, { MultiRegion: true });
      await this.here.kms.send(new ReplicateKeyCommand({ KeyId: arn, ReplicaRegion: THERE }));
      return arn;
    };
    this.keys = {
      source: await make(this.here),
      behindAlias: await make(this.here),
      destination: await make(this.here),
      multiRegion: await shared(),
      single: await make(this.here),
      european: await make(this.there),
      bridge: await shared(),
      tableEncryption: await make(this.here),
      bucketEncryption: await make(this.here),
      thereEncryption: await make(this.there),
      neighbour: await make(this.here),
    };
    await this.here.kms.send(
      new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: this.keys.behindAlias }),
    );
  }

  async #dataKey(KeyId: string): Promise<Uint8Array> {
    const { CiphertextBlob } = await this.here.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }),
    );
    return CiphertextBlob!;
  }

  /** With an index that holds every other item. */
  async #table(
    TableName: string,
    { key, at = this.here, encryptedBy, document = false }: TableProps,
  ): Promise<void> {
    const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
    await at.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [attribute('id'), attribute('open')],
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
    for (let index = 0; key !== undefined && index < RECORDS; index++) {
      const edk = await this.#dataKey(key);
      const text = JSON.stringify({ edk: Buffer.from(edk).toString('base64') });
      const Item = {
        id: { S: `i-${index}` },
        ...(document ? { document: { S: text } } : { edk: { B: edk } }),
        ...(index % 2 === 0 && { open: { S: 'yes' } }),
      };
      await at.dynamodb.send(new PutItemCommand({ TableName, Item }));
    }
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
    await this.#bucket('copied-documents', { key: source });
    await this.#bucket('whole-documents', { key: source });
    await this.#bucket('copy-documents', { key: source, at: this.there, object: sse(thereEncryption) });
    await this.#bucket('made-documents', { at: this.there });
    await this.#bucket('neighbour-documents', { key: neighbour });
  }

  /** Data keys in JSON texts and as bodies of objects, and objects with more than one version. */
  async #documents(): Promise<void> {
    const { source } = this.keys;
    await this.#table('Documents', { key: source, document: true });
    await this.#bucket('body-documents', { key: source, body: true });
    for (const _version of ['first', 'second'])
      await this.#bucket('version-documents', { key: source, context: 'acme' });
  }

  /** Objects with all that a copy must carry over. */
  async #bucket(Bucket: string, props: BucketProps): Promise<void> {
    const { key, at = this.here, object = {}, context, body = false } = props;
    await this.#createBucket(Bucket, at);
    for (let index = 0; key !== undefined && index < RECORDS; index++) {
      const Key = `a/b/${index}`;
      const dataKey = await this.#dataKeyOf(key, context);
      const edk = Buffer.from(dataKey).toString('base64');
      await at.s3.send(
        new PutObjectCommand({
          ...{ Bucket, Key },
          ...(body ? { Body: dataKey } : { Body: 'body', Metadata: { edk } }),
          ...{ Tagging: 'tenant=acme', ACL: 'authenticated-read', ObjectLockLegalHoldStatus: 'ON' },
          ObjectLockMode: 'GOVERNANCE',
          ObjectLockRetainUntilDate: new Date(Date.now() + 24 * 3_600_000),
          ...object,
        }),
      );
      // Annotations would be lost with the body.
      if (body) continue;
      await at.s3.send(
        new PutObjectAnnotationCommand({ Bucket, Key, AnnotationName: 'note', AnnotationPayload: 'kept' }),
      );
    }
  }

  /** Once: another call for the same bucket makes other versions. */
  async #createBucket(Bucket: string, at: Clients): Promise<void> {
    if (this.#made.has(Bucket)) return;
    this.#made.add(Bucket);
    await at.s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: true,
        ObjectOwnership: 'ObjectWriter',
        ...(at === this.there && { CreateBucketConfiguration: { LocationConstraint: THERE } }),
      }),
    );
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

interface TableProps {
  readonly key?: string;
  readonly at?: Clients;
  readonly encryptedBy?: string;
  /** The data key is in a JSON text. */
  readonly document?: boolean;
}

interface BucketProps {
  readonly key?: string;
  readonly at?: Clients;
  readonly object?: Partial<PutObjectCommandInput>;
  /** The data key is the body. */
  readonly body?: boolean;
  /** The tenant that data keys are bound to. */
  readonly context?: string;
}

export function jobsOf({ keys }: Account): readonly object[] {
  const attribute = { type: 'attribute', dataKey: 'edk', encryptionContext: {} };
  const metadata = { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} };
  const table = (name: string, more: object = {}) => ({
    type: 'dynamodb',
    table: name,
    format: attribute,
    ...more,
  });
  const bucket = (name: string, more: object = {}) => ({
    ...{ type: 's3', bucket: name, prefix: 'a/b', format: metadata },
    ...more,
  });
  const job = (name: string, source: string, more: object) => ({
    name,
    source: { keys: [source] },
    limits: { maxConcurrency: 2 },
    ...more,
  });
  const here = { destination: { key: keys.destination } };
  const there = { destination: { key: keys.european } };
  const copyTo = (more: object) => ({ copyTo: { region: THERE, ...more } });
  const document = {
    ...{ type: 'json-document', in: { attribute: 'document' }, dataKey: '/edk', encryptionContext: {} },
  };
  const byTag = { ...metadata, encryptionContext: { tenant: { tag: 'tenant' } } };
  return [
    job('in-place', keys.source, {
      ...here,
      schedule: { expression: 'cron(0 3 1 * ? *)', mode: 'census', starts: 'at-once' },
      stores: [
        table('Plain', { serverSideEncryptionKey: keys.tableEncryption }),
        table('Indexed', { scope: { index: 'sparse' } }),
        table('BranchKeys', { format: { type: 'branch-key-store' } }),
        bucket('plain-documents', { serverSideEncryptionKey: keys.bucketEncryption }),
        bucket('tagged-documents', { format: byTag }),
      ],
    }),
    job('bodies', keys.source, {
      ...here,
      stores: [
        table('Documents', { format: document }),
        bucket('body-documents', { format: { type: 'object-body', encryptionContext: {} } }),
        bucket('version-documents', { format: byTag, versions: 'all' }),
      ],
    }),
    job('by-alias', `arn:aws:kms:${HERE}:111122223333:alias/orders`, { ...here, stores: [table('ByAlias')] }),
    job('copied', keys.source, {
      ...there,
      route: { type: 'bridge', bridgeKey: keys.bridge },
      stores: [
        table('Copied', copyTo({ table: 'Copy', serverSideEncryptionKey: keys.thereEncryption })),
        table('CopiedWhole', copyTo({ table: 'Made', createMissing: true })),
        bucket(
          'copied-documents',
          copyTo({ bucket: 'copy-documents', serverSideEncryptionKey: keys.thereEncryption }),
        ),
        bucket('whole-documents', copyTo({ bucket: 'made-documents', createMissing: true })),
      ],
    }),
    job('multi-region', keys.multiRegion, {
      ...there,
      route: { type: 'multi-region' },
      stores: [table('MultiRegion')],
    }),
    job('plaintext', keys.single, {
      ...there,
      route: { type: 'decrypt-encrypt' },
      stores: [table('Plaintext')],
    }),
  ];
}

import {
  BatchExecuteStatementCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAnnotationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  ListObjectsV2Command,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { SFNClient, ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';

const ACCOUNT = '111122223333';
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Orders`;

/** What the services ask of IAM; test/emulator/iam.test.ts has how it answers. */
describe('the embedded AWS asks IAM', () => {
  let aws: Embedded;
  let users = 0;
  const made: { destroy(): void }[] = [];

  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'documents', ObjectLockEnabledForBucket: true }));
    await aws.s3.send(
      new PutObjectCommand({
        ...{ Bucket: 'documents', Key: 'a', Body: 'a', Tagging: 'team=orders' },
        ObjectLockLegalHoldStatus: 'ON',
      }),
    );
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Orders',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'sparse',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });
  afterAll(async () => {
    for (const client of made) client.destroy();
    await aws.stop();
  });

  /** Clients of a user who may do this and nothing else, and the user's ARN. */
  function userWith(...statements: readonly object[]) {
    const name = `user-${++users}`;
    const Statement = statements.map(statement => ({ Effect: 'Allow', Resource: '*', ...statement }));
    const policies = Statement.length === 0 ? [] : [{ Version: '2012-10-17', Statement }];
    const credentials = aws.aws.createUser(name, policies);
    const config = { endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
    const clients = {
      kms: new KMSClient(config),
      dynamodb: new DynamoDBClient(config),
      s3: new S3Client(config),
      states: new SFNClient(config),
    };
    made.push(...Object.values(clients));
    return { ...clients, arn: `arn:aws:iam::${ACCOUNT}:user/${name}` };
  }
  const encrypted = async (KeyId: string): Promise<Uint8Array> =>
    (await aws.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).CiphertextBlob!;

  it('for every service: who may do nothing is refused by each, in its own words', async () => {
    const { kms, dynamodb, s3, states } = userWith();
    const KeyId = await createKey(aws.kms);
    expect(
      await Promise.all(
        [
          kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
          dynamodb.send(new ScanCommand({ TableName: 'Orders' })),
          s3.send(new ListObjectsV2Command({ Bucket: 'documents' })),
          states.send(new ListStateMachinesCommand({})),
        ].map(errorName),
      ),
    ).toEqual(['AccessDeniedException', 'AccessDeniedException', 'AccessDenied', 'AccessDeniedException']);
  });

  describe('in S3', () => {
    const read = { Action: 's3:GetObject' };
    const list = { Action: 's3:ListBucket' };
    const missing = (s3: S3Client) =>
      errorName(s3.send(new GetObjectCommand({ Bucket: 'documents', Key: 'b' })));

    it('says that an object is missing only to those who may list the bucket', async () => {
      expect(await missing(userWith(read).s3)).toBe('AccessDenied');
      expect(await missing(userWith(read, list).s3)).toBe('NoSuchKey');
      const prefix = { Condition: { StringLike: { 's3:prefix': 'a*' } } };
      expect(await missing(userWith(read, { ...list, ...prefix }).s3)).toBe('AccessDenied');
    });

    it('lists under a prefix that is allowed, and under no other', async () => {
      const { s3 } = userWith({ ...list, Condition: { StringLike: { 's3:prefix': 'a*' } } });
      const under = (Prefix?: string) =>
        errorName(
          s3.send(new ListObjectsV2Command({ Bucket: 'documents', ...(Prefix !== undefined && { Prefix }) })),
        );
      expect([await under('a/b'), await under('b'), await under()]).toEqual([
        'none',
        'AccessDenied',
        'AccessDenied',
      ]);
    });

    it('leaves the lock and the number of tags out for those who may not read them', async () => {
      const head = async (...more: readonly object[]) => {
        const { s3 } = userWith(read, ...more);
        const { ObjectLockLegalHoldStatus: hold, TagCount: tags } = await s3.send(
          new HeadObjectCommand({ Bucket: 'documents', Key: 'a' }),
        );
        return [hold, tags];
      };
      expect(await head()).toEqual([undefined, undefined]);
      expect(await head({ Action: ['s3:GetObjectLegalHold', 's3:GetObjectTagging'] })).toEqual(['ON', 1]);
    });

    it('copies an object with tags only for those who may read and write tags', async () => {
      const write = { Action: 's3:PutObject' };
      const tags = ['s3:GetObjectTagging', 's3:PutObjectTagging'];
      const copy = (...statements: readonly object[]) =>
        errorName(
          userWith(read, write, ...statements).s3.send(
            new CopyObjectCommand({ Bucket: 'documents', Key: 'copy', CopySource: 'documents/a' }),
          ),
        );
      expect(await copy()).toBe('AccessDenied');
      for (const one of tags) expect(await copy({ Action: one })).toBe('AccessDenied');
      expect(await copy({ Action: tags })).toBe('none');
    });

    it('copies a part without its tags, and so for those who may read and write objects', async () => {
      const { s3 } = userWith(read, { Action: 's3:PutObject' });
      const place = { Bucket: 'documents', Key: 'in-parts' };
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(place));
      const part = { ...place, UploadId, PartNumber: 1, CopySource: 'documents/a' };
      expect(await errorName(s3.send(new UploadPartCopyCommand(part)))).toBe('none');
      const tagged = new CreateMultipartUploadCommand({ ...place, Tagging: 'team=orders' });
      expect(await errorName(s3.send(tagged))).toBe('AccessDenied');
      const abort = (user: S3Client) =>
        errorName(user.send(new AbortMultipartUploadCommand({ ...place, UploadId })));
      expect(await abort(s3)).toBe('AccessDenied');
      expect(await abort(userWith({ Action: 's3:AbortMultipartUpload' }).s3)).toBe('none');
    });

    it('encrypts an upload by one right, and its parts by another', async () => {
      const key = await createKey(aws.kms);
      const place = { Bucket: 'documents', Key: 'sealed-parts' };
      const sse = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key } as const;
      const may = (...actions: readonly string[]) =>
        userWith(read, { Action: 's3:PutObject' }, ...actions.map(Action => ({ Action }))).s3;
      const create = async (user: S3Client) =>
        (await user.send(new CreateMultipartUploadCommand({ ...place, ...sse }))).UploadId;
      expect(await errorName(create(may('kms:Decrypt')))).toBe('AccessDenied');
      const UploadId = await create(may('kms:GenerateDataKey'));
      const part = { ...place, UploadId, PartNumber: 1, CopySource: 'documents/a' };
      const copy = (user: S3Client) => errorName(user.send(new UploadPartCopyCommand(part)));
      expect(await copy(may('kms:GenerateDataKey'))).toBe('AccessDenied');
      expect(await copy(may('kms:Decrypt'))).toBe('none');
    });

    it('lists annotations for those who may list, and shows them to those who may get', async () => {
      // No hold is on it that would keep its annotations.
      const place = { Bucket: 'documents', Key: 'noted' };
      await aws.s3.send(new PutObjectCommand({ ...place, Body: 'noted' }));
      const note = { AnnotationName: 'note', AnnotationPayload: 'a note' };
      await aws.s3.send(new PutObjectAnnotationCommand({ ...place, ...note }));
      const asked = (Action: string) => {
        const { s3 } = userWith({ Action });
        return Promise.all([
          errorName(s3.send(new ListObjectAnnotationsCommand(place))),
          errorName(s3.send(new GetObjectAnnotationCommand({ ...place, AnnotationName: 'note' }))),
        ]);
      };
      expect(await asked('s3:ListObjectAnnotations')).toEqual(['none', 'AccessDenied']);
      expect(await asked('s3:GetObjectAnnotation')).toEqual(['AccessDenied', 'none']);
    });

    it('opens an object under a key of its own only through S3, and its HEAD needs no key', async () => {
      const key = await createKey(aws.kms);
      const object = { Bucket: 'documents', Key: 'sealed' };
      await aws.s3.send(
        new PutObjectCommand({ ...object, Body: 'x', ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }),
      );
      const through = (service: string) => ({
        Action: 'kms:Decrypt',
        Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } },
      });
      const open = (...statements: readonly object[]) =>
        errorName(userWith(read, ...statements).s3.send(new GetObjectCommand(object)));
      expect(await errorName(userWith(read).s3.send(new HeadObjectCommand(object)))).toBe('none');
      expect([await open(), await open(through('dynamodb')), await open(through('s3'))]).toEqual([
        'AccessDenied',
        'AccessDenied',
        'none',
      ]);
      const { kms } = userWith(through('s3'));
      expect(await errorName(kms.send(new DecryptCommand({ CiphertextBlob: await encrypted(key) })))).toBe(
        'AccessDeniedException',
      );
    });
  });

  describe('in KMS', () => {
    it('about both keys of a ReEncrypt, of which one is known from the ciphertext alone', async () => {
      const [from, to] = [await createKey(aws.kms), await createKey(aws.kms)];
      const CiphertextBlob = await encrypted(from);
      const may = (...keys: readonly (readonly [string, string])[]) =>
        errorName(
          userWith(...keys.map(([action, Resource]) => ({ Action: `kms:${action}`, Resource }))).kms.send(
            new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to }),
          ),
        );
      expect(await may(['ReEncryptTo', to])).toBe('AccessDeniedException');
      expect(await may(['ReEncryptFrom', from])).toBe('AccessDeniedException');
      expect(await may(['ReEncryptTo', to], ['ReEncryptFrom', to])).toBe('AccessDeniedException');
      expect(await may(['ReEncryptTo', to], ['ReEncryptFrom', from])).toBe('none');
    });

    it('about the aliases that a key has', async () => {
      const [named, other] = [await createKey(aws.kms), await createKey(aws.kms)];
      await aws.kms.send(new CreateAliasCommand({ AliasName: 'alias/named', TargetKeyId: named }));
      const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/named' } };
      const { kms } = userWith({ Action: 'kms:Decrypt', Condition });
      const open = async (key: string) =>
        errorName(kms.send(new DecryptCommand({ CiphertextBlob: await encrypted(key) })));
      expect([await open(named), await open(other)]).toEqual(['none', 'AccessDeniedException']);
    });

    it('of the key policy, whatever identity policies say, and takes a grant for an answer', async () => {
      const KeyId = await createKey(aws.kms);
      const CiphertextBlob = await encrypted(KeyId);
      const everything = userWith({ Action: '*' });
      const granted = userWith();
      const open = ({ kms }: { readonly kms: KMSClient }) =>
        errorName(kms.send(new DecryptCommand({ CiphertextBlob })));
      await aws.kms.send(
        new CreateGrantCommand({ KeyId, GranteePrincipal: granted.arn, Operations: ['Decrypt'] }),
      );
      const onlyLocal = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/local` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      };
      expect([await open(everything), await open(granted)]).toEqual(['none', 'none']);
      await aws.kms.send(
        new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: JSON.stringify(onlyLocal) }),
      );
      expect([await open(everything), await open(granted)]).toEqual(['AccessDeniedException', 'none']);
    });

    it('before it tells the state of a key', async () => {
      const KeyId = await createKey(aws.kms);
      await aws.kms.send(new DisableKeyCommand({ KeyId }));
      const encrypt = ({ kms }: { readonly kms: KMSClient }) =>
        errorName(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })));
      expect(await encrypt(userWith())).toBe('AccessDeniedException');
      expect(await encrypt(userWith({ Action: 'kms:Encrypt' }))).toBe('DisabledException');
    });
  });

  describe('in DynamoDB', () => {
    it('about the index that is read, and before it tells whether there is a table', async () => {
      const onIndex = userWith({ Action: 'dynamodb:Scan', Resource: `${TABLE}/index/sparse` }).dynamodb;
      const scan = (TableName: string, IndexName?: string) =>
        errorName(
          onIndex.send(new ScanCommand({ TableName, ...(IndexName !== undefined && { IndexName }) })),
        );
      expect(await scan('Orders', 'sparse')).toBe('none');
      expect(await scan('Orders')).toBe('AccessDeniedException');
      expect(await scan('NotThere')).toBe('AccessDeniedException');
    });

    it('about the table of each statement of a batch, which is refused for itself', async () => {
      const user = userWith({ Action: 'dynamodb:PartiQLUpdate', Resource: TABLE }).dynamodb;
      const Statements = ['Orders', 'Others'].map(table => ({
        Statement: `UPDATE "${table}" SET v=? WHERE id=?`,
        Parameters: [{ S: 'x' }, { S: 'not there' }],
      }));
      const { Responses } = await user.send(new BatchExecuteStatementCommand({ Statements }));
      expect(Responses?.map(({ Error: failed }) => failed?.Code)).toEqual([
        'ConditionalCheckFailed',
        'AccessDenied',
      ]);
      const other = userWith({ Action: 'dynamodb:UpdateItem' }).dynamodb;
      const denied = await other.send(new BatchExecuteStatementCommand({ Statements }));
      expect(denied.Responses?.map(({ Error: failed }) => failed?.Code)).toEqual([
        'AccessDenied',
        'AccessDenied',
      ]);
    });

    it('for a table under a key of its own, whether the caller may use it through DynamoDB', async () => {
      const key = await createKey(aws.kms);
      await aws.dynamodb.send(
        new CreateTableCommand({
          TableName: 'Sealed',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
        }),
      );
      const get = (...statements: readonly object[]) =>
        errorName(
          userWith({ Action: 'dynamodb:GetItem' }, ...statements).dynamodb.send(
            new GetItemCommand({ TableName: 'Sealed', Key: { id: { S: '1' } } }),
          ),
        );
      const Condition = { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };
      expect(await get()).toBe('AccessDeniedException');
      expect(await get({ Action: 'kms:Decrypt', Resource: key, Condition })).toBe('none');
      const Statements = [
        { Statement: 'UPDATE "Sealed" REMOVE v WHERE id=?', Parameters: [{ S: 'not there' }] },
      ];
      const stated = async (...statements: readonly object[]) => {
        const user = userWith({ Action: 'dynamodb:PartiQLUpdate' }, ...statements);
        const { Responses } = await user.dynamodb.send(new BatchExecuteStatementCommand({ Statements }));
        return Responses?.[0]?.Error?.Code;
      };
      expect(await stated()).toBe('AccessDenied');
      expect(await stated({ Action: 'kms:Decrypt', Resource: key, Condition })).toBe(
        'ConditionalCheckFailed',
      );
    });
  });
});

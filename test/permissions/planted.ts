import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DecryptCommand,
  DescribeKeyCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import type { AuthorizationRequest } from '../../emulator/iam/evaluate.ts';
import type { Credentials } from '../../emulator/protocol/callers.ts';
import { errorName, type Embedded } from '../support/embedded.ts';
import { inContext, type Mutants } from '../support/mutants.ts';

/** Calls that nobody may make: a condition, or a Deny, is missed only if somebody tries what it forbids. */
export class Planted {
  readonly #aws: Embedded;
  readonly #mutants: Mutants;

  constructor(aws: Embedded, mutants: Mutants) {
    this.#aws = aws;
    this.#mutants = mutants;
  }

  /** Of all deployments. */
  roles(): readonly string[] {
    return this.#aws.aws.iam.identities.arns().filter(arn => arn.includes(':role/'));
  }

  /** What every role is answered that lists names of objects, or versions of them, outside of its prefixes. */
  async listingElsewhere(region: string, buckets: readonly string[]): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const role of this.roles()) {
      const s3 = new S3Client(this.#config(region, this.#aws.aws.assume(role)));
      for (const Bucket of buckets)
        for (const command of [
          () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'elsewhere/' })),
          () => s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'elsewhere/' })),
        ])
          names.add(await errorName(command()));
      s3.destroy();
    }
    return [...names];
  }

  /** What every role is answered that uses keys by itself, and not through a service. */
  async usingKeys(region: string, keys: readonly string[]): Promise<readonly string[]> {
    const administrator = new KMSClient(this.#config(region));
    const names = new Set<string>();
    for (const role of this.roles()) {
      const kms = new KMSClient(this.#config(region, this.#aws.aws.assume(role)));
      for (const KeyId of keys) {
        const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' });
        const { CiphertextBlob } = await administrator.send(made);
        const calls = [
          kms.send(new DecryptCommand({ CiphertextBlob })),
          kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
        ];
        for (const name of await Promise.all(calls.map(errorName))) names.add(name);
      }
      kms.destroy();
    }
    administrator.destroy();
    return [...names];
  }

  /** What every role is answered about a key that no job names: its alias, if it has one, is another one. */
  async askingAbout(region: string, neighbour: string): Promise<readonly string[]> {
    const administrator = new KMSClient(this.#config(region));
    const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: neighbour, KeySpec: 'AES_256' });
    const { CiphertextBlob } = await administrator.send(made);
    const names = new Set<string>();
    for (const role of this.roles()) {
      const kms = new KMSClient(this.#config(region, this.#aws.aws.assume(role)));
      const calls = [
        kms.send(new DescribeKeyCommand({ KeyId: neighbour })),
        kms.send(new ListKeyRotationsCommand({ KeyId: neighbour })),
        kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: neighbour })),
      ];
      for (const name of await Promise.all(calls.map(errorName))) names.add(name);
      kms.destroy();
    }
    administrator.destroy();
    // KMS asks about the destination first, and so never about the source of a call that is denied.
    const asked = this.#mutants.asIf(
      ({ action, resource, principal }) =>
        action === 'kms:ReEncryptTo' && resource === neighbour && principal.kind === 'role',
      request => ({ ...request, action: 'kms:ReEncryptFrom' }),
    );
    return [...names, ...asked];
  }

  /** What an administrator is answered that reads old data keys of a journal, by itself or as replication would. */
  async readingIntents(region: string, Bucket: string): Promise<readonly string[]> {
    const everything = { Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: '*' };
    const name = `administrator-of-${region}`;
    const policy = { Version: '2012-10-17', Statement: [everything] };
    const s3 = new S3Client(this.#config(region, this.#aws.aws.createUser(name, [policy])));
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'intents/' }));
    const [{ Key, VersionId } = {}] = Versions;
    const names = [
      await errorName(s3.send(new GetObjectCommand({ Bucket, Key }))),
      await errorName(s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))),
    ];
    s3.destroy();
    const replicated = this.#mutants.asIf(
      ({ action, resource, principal }) =>
        action === 's3:GetObjectVersion' &&
        resource === `arn:aws:s3:::${Bucket}/${Key}` &&
        principal.arn.endsWith(name),
      request => ({ ...request, action: 's3:GetObjectVersionForReplication' }),
    );
    return [...new Set([...names, ...replicated])];
  }

  /** Whether EventBridge Scheduler could take a role for schedules of another account, or of another group. */
  schedulerTrusts(): readonly boolean[] {
    const roles = this.roles().filter(arn => arn.includes('SchedulerRole'));
    return roles.flatMap(role => {
      const [, , , account = ''] = role.split(':').slice(1);
      return ['us-east-1', 'eu-west-1']
        .map(region => `arn:aws:scheduler:${region}:${account}:schedule-group/default`)
        .flatMap(arn => [
          { 'aws:SourceAccount': '444455556666', 'aws:SourceArn': arn },
          { 'aws:SourceAccount': account, 'aws:SourceArn': `${arn}-of-others` },
        ])
        .map(on => this.#aws.aws.iam.trusts(role, 'scheduler.amazonaws.com', on));
    });
  }

  /** An alarm rings, and so it would for alarms of others, and without TLS: what CloudWatch is answered by topic and key. */
  alarmsTelling(machineArn: string, key: string): Readonly<Record<'own' | 'others', readonly string[]>> {
    const { operations } = this.#aws.aws;
    operations.execution(machineArn, 'Failed');
    operations.alarms.evaluate(Date.now());
    const of = ({ principal, resource }: AuthorizationRequest): boolean =>
      principal.arn === 'cloudwatch.amazonaws.com' &&
      (resource === key || resource.startsWith('arn:aws:sns:'));
    const others = [
      { 'aws:sourcearn': 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:of-others' },
      { 'aws:sourceaccount': '444455556666' },
    ];
    // First, because what is tried counts as asked from then on.
    const own = this.#mutants.asIf(of, request => request);
    const withoutTls = this.#mutants.asIf(
      request => of(request) && request.action === 'sns:Publish',
      request => inContext(request, { 'aws:securetransport': 'false' }),
    );
    return {
      own,
      others: [
        ...new Set(others.flatMap(keys => this.#mutants.asIf(of, request => inContext(request, keys)))),
        ...withoutTls,
      ],
    };
  }

  /** What CloudWatch Logs is answered that uses a key for log groups: it never calls here. */
  logsUsing(key: string, group: string): readonly string[] {
    const actions = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom'];
    const [, , , region = '', accountId = ''] = key.split(':');
    const principal = { kind: 'service', arn: `logs.${region}.amazonaws.com`, accountId } as const;
    const answers = actions.flatMap(action =>
      this.#mutants.asIf(
        ({ resource, principal: { kind }, action: asked }) =>
          resource === key && kind === 'role' && asked === 'kms:Decrypt',
        request => ({
          ...inContext(request, { 'kms:encryptioncontext:aws:logs:arn': group }),
          ...{ principal, action: `kms:${action}` },
        }),
      ),
    );
    return [...new Set(answers)];
  }

  #config(region: string, credentials?: Credentials) {
    const { endpoint } = this.#aws;
    return { endpoint, region, ...(credentials !== undefined && { credentials }) };
  }
}

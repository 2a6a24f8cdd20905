import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  ReplicateKeyCommand,
  type KeyMetadata,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, type BucketLocationConstraint } from '@aws-sdk/client-s3';
import type { Clients } from '../world.ts';
import { errorNameOf, until } from '../waiting.ts';
import type { Ledger } from './ledger.ts';
import { named, TAG, type Thing } from './thing.ts';

/** Makes things: each is in the ledger before AWS is asked for it. */
export interface Making {
  readonly ledger: Pick<Ledger, 'run' | 'makes'>;
  readonly signal?: AbortSignal;
}

function begun({ ledger, signal }: Making, thing: Thing): void {
  signal?.throwIfAborted();
  ledger.makes(thing);
}

function tagsOf({ ledger }: Making, name: string): readonly (readonly [string, string])[] {
  return [
    [TAG, ledger.run.id],
    ['Name', name],
  ];
}

/** The ARN of a new symmetric key, of which IAM policies of the account decide. */
export async function makeKey(
  { kms }: Clients,
  making: Making,
  { what, multiRegion = false }: { readonly what: string; readonly multiRegion?: boolean },
): Promise<string> {
  const name = named(making.ledger.run.id, what);
  begun(making, { kind: 'key', region: await kms.config.region(), name });
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: name,
      MultiRegion: multiRegion,
      Tags: tagsOf(making, name).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    }),
  );
  const arn = arnOf(KeyMetadata);
  await untilEnabled(kms, arn, making);
  return arn;
}

/** KMS is eventually consistent: a key that was just made may not be known yet, and a replica is made in the background. */
async function untilEnabled(kms: KMSClient, arn: string, making: Making): Promise<void> {
  await until(
    `the key ${arn} is enabled`,
    async () => {
      try {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
        return KeyMetadata?.KeyState === 'Enabled' ? true : undefined;
      } catch (error) {
        if (errorNameOf(error) === 'NotFoundException') return undefined;
        throw error;
      }
    },
    patience(making, 120),
  );
}

/** The ARN of a replica in the Region of `there`, when it can be used. */
export async function makeReplica(
  { here, there }: { readonly here: Clients; readonly there: Clients },
  making: Making,
  { what, primary }: { readonly what: string; readonly primary: string },
): Promise<string> {
  const name = named(making.ledger.run.id, what);
  const region = await there.kms.config.region();
  begun(making, { kind: 'replica', region, name });
  const { ReplicaKeyMetadata } = await here.kms.send(
    new ReplicateKeyCommand({
      KeyId: primary,
      ReplicaRegion: region,
      Description: name,
      Tags: tagsOf(making, name).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    }),
  );
  const arn = arnOf(ReplicaKeyMetadata);
  await untilEnabled(there.kms, arn, making);
  return arn;
}

function arnOf(metadata: KeyMetadata | undefined): string {
  if (metadata?.Arn === undefined) throw new Error('KMS made a key and named no ARN');
  return metadata.Arn;
}

/** A table with the partition key `id`, and its name. */
export async function makeTable({ dynamodb }: Clients, making: Making, what: string): Promise<string> {
  const TableName = named(making.ledger.run.id, what);
  begun(making, { kind: 'table', region: await dynamodb.config.region(), name: TableName });
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      Tags: tagsOf(making, TableName).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return until(
    `the table ${TableName} is active`,
    async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return Table?.TableStatus === 'ACTIVE' ? TableName : undefined;
    },
    patience(making, 120),
  );
}

export async function makeBucket({ s3 }: Clients, making: Making, what: string): Promise<string> {
  const Bucket = named(making.ledger.run.id, what);
  const region = await s3.config.region();
  begun(making, { kind: 'bucket', region, name: Bucket });
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: {
        ...(region !== 'us-east-1' && { LocationConstraint: region as BucketLocationConstraint }),
        Tags: tagsOf(making, Bucket).map(([Key, Value]) => ({ Key, Value })),
      },
    }),
  );
  return Bucket;
}

/** A status, and the reason for it. */
type Told = readonly [status: string | undefined, reason: string | undefined];

/** The outputs of a new stack, when all of it is there. */
export async function makeStack(
  { cloudFormation }: Clients,
  making: Making,
  { name: StackName, template }: { readonly name: string; readonly template: object },
): Promise<Readonly<Record<string, string>>> {
  begun(making, { kind: 'stack', region: await cloudFormation.config.region(), name: StackName });
  const ChangeSetName = 'live';
  await cloudFormation.send(
    new CreateChangeSetCommand({
      ...{ StackName, ChangeSetName, ChangeSetType: 'CREATE', TemplateBody: JSON.stringify(template) },
      Capabilities: ['CAPABILITY_IAM'],
      Tags: [{ Key: TAG, Value: making.ledger.run.id }],
    }),
  );
  const ended = async (wanted: string, told: Promise<Told>): Promise<true | undefined> => {
    const [status = '', reason = ''] = await told;
    if (/FAILED|ROLLBACK/.test(status)) throw new Error(`the stack ${StackName} is ${status}: ${reason}`);
    return status === wanted ? true : undefined;
  };
  const changeSet = async (): Promise<Told> => {
    const set = await cloudFormation.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
    return [set.Status, set.StatusReason];
  };
  await until(
    `the change set of ${StackName}`,
    () => ended('CREATE_COMPLETE', changeSet()),
    patience(making, 120),
  );
  await cloudFormation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  const stack = async () => {
    const { Stacks: [one] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return one;
  };
  const told = async (): Promise<Told> => {
    const one = await stack();
    return [one?.StackStatus, one?.StackStatusReason];
  };
  await until(
    `the stack ${StackName} is made`,
    () => ended('CREATE_COMPLETE', told()),
    patience(making, 300),
  );
  const { Outputs = [] } = (await stack()) ?? {};
  return Object.fromEntries(Outputs.map(one => [one.OutputKey ?? '', one.OutputValue ?? '']));
}

function patience({ signal }: Making, seconds: number) {
  return { seconds, ...(signal !== undefined && { signal }) };
}

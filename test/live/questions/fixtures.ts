import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DisableKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { makeBucket, makeKey, makeReplica, makeStack, makeTable, type Making } from '../things/make.ts';
import { stackNamed } from '../things/thing.ts';
import { endOf, until } from '../waiting.ts';
import type { Clients } from '../world.ts';
import { askerTemplate } from './asker-template.ts';
import { deniedClients, type BothRegions, type Denying } from './denied.ts';

/** The things that questions are asked about. */
export interface Fixtures {
  readonly here: Clients;
  readonly there: Clients;
  /** Two keys of the first Region, and one that is disabled, with a ciphertext of it. */
  readonly first: string;
  readonly second: string;
  readonly disabled: { readonly arn: string; readonly ciphertext: Uint8Array };
  /** A multi-Region key and its replica in the second Region. */
  readonly primary: string;
  readonly replica: string;
  readonly table: string;
  readonly bucket: string;
  /** A state machine whose role may do nothing. */
  readonly machineArn: string;
  /** Calls with a role that may do all that questions need, but for what is denied. */
  readonly denied: Denying;
  readonly signal?: AbortSignal;
}

/** What the data keys of questions are encrypted under. */
export const CONTEXT = { purpose: 'live-test' } as const;

export interface Makers {
  readonly here: Clients;
  readonly there: Clients;
  readonly making: Making;
  /** Clients with the credentials of a role. */
  readonly as: Parameters<typeof deniedClients>[0]['as'];
}

export async function makeFixtures({ here, there, making, as }: Makers): Promise<Fixtures> {
  const { id } = making.ledger.run;
  const first = await makeKey(here, making, { what: 'first' });
  const second = await makeKey(here, making, { what: 'second' });
  const disabled = await disabledKey(here, making);
  const primary = await makeKey(here, making, { what: 'primary', multiRegion: true });
  const replica = await makeReplica({ here, there }, making, { what: 'replica', primary });
  const table = await makeTable(here, making, 'questions');
  const bucket = await makeBucket(here, making, 'questions');
  const template = askerTemplate({ ...making.ledger.run, table, bucket });
  const outputs = await makeStack(here, making, { name: stackNamed(id, 'Asker'), template });
  const { RoleArn = '', MachineArn: machineArn = '' } = outputs;
  const fixtures = {
    ...{ here, there, first, second, disabled, primary, replica, table, bucket, machineArn },
    denied: deniedClients({ sts: here.sts, roleArn: RoleArn, as, ...signalOf(making) }),
    ...signalOf(making),
  };
  await untilAllowed(fixtures);
  return fixtures;
}

/** It may take a while until all of AWS knows a new role, and the tags of a new key. */
async function untilAllowed({ first, replica, table, bucket, denied, ...more }: Fixtures): Promise<void> {
  const calls = [
    ({ here }: BothRegions) => dataKey(here.kms, first),
    ({ there }: BothRegions) => dataKey(there.kms, replica),
    ({ here }: BothRegions) => here.dynamodb.send(new DescribeTableCommand({ TableName: table })),
    ({ here }: BothRegions) => here.s3.send(new ListObjectsV2Command({ Bucket: bucket })),
  ];
  await until(
    'the role of the questions may do what it should',
    async () => {
      const ends = await denied([], clients => Promise.all(calls.map(call => endOf(call(clients)))));
      return ends.every(end => end === 'accepted') ? true : undefined;
    },
    { seconds: 300, ...signalOf(more) },
  );
}

/** Disabled means that KMS no longer encrypts with it: it may take a while until all of KMS knows. */
async function disabledKey(here: Clients, making: Making): Promise<Fixtures['disabled']> {
  const arn = await makeKey(here, making, { what: 'disabled' });
  const ciphertext = await dataKey(here.kms, arn);
  await here.kms.send(new DisableKeyCommand({ KeyId: arn }));
  await until(
    `the key ${arn} is disabled`,
    async () => {
      const end = await endOf(
        here.kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: arn, KeySpec: 'AES_256' })),
      );
      return end === 'DisabledException' ? true : undefined;
    },
    { seconds: 60, ...signalOf(making) },
  );
  return { arn, ciphertext };
}

function signalOf({ signal }: Pick<Making, 'signal'>): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** A data key under the context of the questions. */
export async function dataKey(
  kms: KMSClient,
  KeyId: string,
  EncryptionContext: Record<string, string> = CONTEXT,
): Promise<Uint8Array> {
  const { CiphertextBlob } = await kms.send(
    new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
  );
  if (CiphertextBlob === undefined) throw new Error('KMS gave no data key');
  return CiphertextBlob;
}

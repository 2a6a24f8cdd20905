import {
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  paginateListKeyRotations,
  type RotationsListEntry,
} from '@aws-sdk/client-kms';
import { regionOf } from '../../core/model/arn.ts';
import { httpTo, type ClientConfig } from '../aws/client-config.ts';
import { isDenied, messageOf, nameOf } from '../aws/errors.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

/** What KMS answers about a key, in the names of its API; where it refuses to, its words. */
export interface KeyState {
  readonly keyArn: string;
  readonly describeKey: object;
  readonly rotationStatus: object;
  readonly rotations: object;
}

/** What KMS says of keys at this moment, each in the Region of its ARN. */
export async function keyStates(
  keyArns: readonly string[],
  config: ClientConfig,
): Promise<readonly KeyState[]> {
  const states: KeyState[] = [];
  for (const keyArn of keyArns) {
    const region = regionOf(keyArn);
    const client = withNamedCalls(new KMSClient({ requestHandler: httpTo('api'), ...config, region }), 'kms');
    try {
      states.push({
        keyArn,
        describeKey: await told(async () => {
          const { KeyMetadata = {} } = await client.send(new DescribeKeyCommand({ KeyId: keyArn }));
          return KeyMetadata;
        }),
        rotationStatus: await told(async () => {
          const { $metadata: _, ...status } = await client.send(
            new GetKeyRotationStatusCommand({ KeyId: keyArn }),
          );
          return status;
        }),
        rotations: await told(() => rotationsOf(client, keyArn)),
      });
    } finally {
      client.destroy();
    }
  }
  return states;
}

async function rotationsOf(client: KMSClient, keyArn: string): Promise<readonly RotationsListEntry[]> {
  const entries: RotationsListEntry[] = [];
  const input = { KeyId: keyArn, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' as const };
  for await (const { Rotations = [] } of paginateListKeyRotations({ client }, input))
    entries.push(...Rotations);
  return entries;
}

/** That a key of another account, or an asymmetric one, has no rotations to tell is a part of the evidence. */
const REFUSALS = new Set(['NotFoundException', 'UnsupportedOperationException', 'KMSInvalidStateException']);

async function told(ask: () => Promise<object>): Promise<object> {
  try {
    return await ask();
  } catch (error) {
    if (!isDenied(error) && !REFUSALS.has(nameOf(error))) throw error;
    return { notTold: `${nameOf(error)}: ${messageOf(error)}` };
  }
}

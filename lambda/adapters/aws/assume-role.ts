import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { accountOfRole } from '../../core/model/arn.ts';
import { httpTo, UNHEARD, type ClientConfig } from './client-config.ts';
import { isDenied } from './errors.ts';
import { withNamedCalls } from './named-calls.ts';
import type { Assuming } from './role-session.ts';

/**
 * What a session that reads has left of its role. It names no resources: the session may do what both this and the role allow (IAM user
 * guide, session policies). Keys of a store's own encryption decrypt through that store only.
 */
const READING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        ...['dynamodb:BatchGetItem', 'dynamodb:Describe*', 'dynamodb:GetItem', 'dynamodb:Scan'],
        ...['s3:Get*', 's3:List*'],
      ],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringLike: { 'kms:ViaService': ['dynamodb.*', 's3.*'] } },
    },
  ],
});

/**
 * Assumes a role, by the endpoint of STS in the caller's Region. A role that assumes another one gets an hour (IAM user guide, role
 * chaining), which is the default.
 *
 * The functions have this in a file of their own, loaded when a job names a role (lib/functions/bundle-handlers.mjs).
 */
export async function assumeRole(
  { role, session }: Assuming,
  config: ClientConfig,
): Promise<AwsCredentialIdentity> {
  const settings = { logger: UNHEARD, requestHandler: httpTo('api'), ...config };
  const client = withNamedCalls(new STSClient(settings), 'sts', config);
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: session.name,
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
        ...(session.access === 'read' && { Policy: READING }),
      }),
    );
    return identityOf(Credentials, role.roleArn);
  } catch (error) {
    throw error instanceof Error && isDenied(error) ? withCure(error, role.roleArn) : error;
  } finally {
    client.destroy();
  }
}

type Issued = Readonly<
  Partial<Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string | undefined>>
> & { readonly Expiration?: Date | undefined };

function identityOf(issued: Issued | undefined, roleArn: string): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = issued ?? {};
  if (
    AccessKeyId === undefined ||
    SecretAccessKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined
  )
    throw new Error(`STS has answered AssumeRole of ${roleArn} without credentials`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** The error stays a denial, as that of any call about the store. */
function withCure(error: Error, roleArn: string): Error {
  error.message = `${error.message}; the owner of account ${accountOfRole(roleArn)} has to let the functions assume ${roleArn} by its trust policy, under the external id of the job, which rewrap plan JOB --policies prints; the functions are granted it by cdk deploy`;
  return error;
}

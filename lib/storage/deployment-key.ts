import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';

/** `true`: the stack makes a key of its own. A text: the ARN of a key that there is. */
export type CustomerManagedKey = boolean | string;

/**
 * The key of all that the service itself stores: journal, run bucket, ledger and logs. Roles use it only through the service
 * that stores the data. A key of the stack is kept when the stack is deleted, because what it encrypts is kept.
 */
export class DeploymentKey {
  readonly key: IKey;

  private constructor(key: IKey) {
    this.key = key;
  }

  static of(scope: Construct, setting: CustomerManagedKey): DeploymentKey | undefined {
    if (setting === false) return undefined;
    const { region } = Stack.of(scope);
    const elsewhere = typeof setting === 'string' && parseKeyReference(setting)?.region !== region;
    if (elsewhere)
      throw new JobsRefused(
        `customerManagedKey = ${setting}: is no key of ${region}, where the stack is; name one of that Region, or write true`,
      );
    return new DeploymentKey(
      setting === true ? made(scope) : Key.fromKeyArn(scope, 'DeploymentKey', setting),
    );
  }

  /** Reading takes Decrypt, and so does writing to DynamoDB; writing to S3 takes GenerateDataKey, and in parts both. */
  allow(
    grantee: IGrantable,
    service: 's3' | 'dynamodb',
    actions: readonly ('kms:Decrypt' | 'kms:GenerateDataKey')[],
  ): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this.key).region}.amazonaws.com` },
        },
      }),
    );
  }
}

function made(scope: Construct): IKey {
  const { stackName, region, account, partition } = Stack.of(scope);
  const key = new Key(scope, 'DeploymentKey', {
    description: `${stackName}: journal, plans, reports, ledger and logs of kms-rewrap; no data key of a store`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const groups = `arn:${partition}:logs:${region}:${account}:log-group:`;
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroupsOfThisStack',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            `${groups}${stackName}-*`,
            `${groups}/aws/vendedlogs/states/${stackName}-*`,
          ],
        },
      },
    }),
  );
  new Alias(scope, 'DeploymentKeyAlias', { aliasName: `alias/${stackName}`, targetKey: key });
  return key;
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnReplicaKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface ReplicaKeyProps {
  readonly primaryKeyArn: string;
  readonly description: string;
}

/** A replica of a multi-Region key in the stack's Region. It is kept when the stack is deleted. */
export class ReplicaKey extends CfnReplicaKey {
  constructor(scope: Construct, id: string, props: ReplicaKeyProps) {
    super(scope, id, {
      ...props,
      // The account's IAM policies decide about access, as with every key that the CDK creates.
      keyPolicy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['kms:*'],
            resources: ['*'],
            principals: [new AccountRootPrincipal()],
          }),
        ],
      }),
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

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
      // IAM policies of the account decide, as with every key that CDK makes.
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

import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Alias, CfnAlias, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ReplicaKey } from './replica-key.ts';

const DESCRIPTION = 'kms-rewrap: carries data keys from one Region to another; nothing is stored under it';

const HOW_TO_REMOVE =
  'When the last migration over it has been verified: delete this stack, then schedule the deletion of the key, replicas first. No stored data key is under it. Stacks and schedules of kms-rewrap never delete it.';

export interface BridgeKeyProps extends StackProps {
  /** `alias/NAME`: the name of the key in both Regions. */
  readonly alias: string;
}

/**
 * The first member of a bridge: a multi-Region key in the source Region. The first hop of the route `bridge` re-encrypts
 * data keys under it, the second hop starts from its replica. The key is kept when the stack is deleted.
 */
export class BridgeKeyStack extends Stack {
  readonly key: Key;

  constructor(scope: Construct, id: string, { alias, ...props }: BridgeKeyProps) {
    super(scope, id, { description: DESCRIPTION, terminationProtection: true, ...props });
    this.key = new Key(this, 'Key', {
      description: DESCRIPTION,
      multiRegion: true,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new Alias(this, 'Alias', { aliasName: alias, targetKey: this.key });
    new CfnOutput(this, 'BridgeKeyArn', { value: this.key.keyArn });
    new CfnOutput(this, 'HowToRemove', { value: HOW_TO_REMOVE });
  }
}

export interface BridgeReplicaProps extends BridgeKeyProps {
  readonly primary: Key;
}

/** The second member: its replica in the Region of the destination key. */
export class BridgeReplicaStack extends Stack {
  constructor(scope: Construct, id: string, { alias, primary, ...props }: BridgeReplicaProps) {
    super(scope, id, { description: DESCRIPTION, terminationProtection: true, ...props });
    const replica = new ReplicaKey(this, 'Replica', {
      primaryKeyArn: primary.keyArn,
      description: DESCRIPTION,
    });
    new CfnAlias(this, 'Alias', { aliasName: alias, targetKeyId: replica.attrKeyId });
    new CfnOutput(this, 'BridgeReplicaArn', { value: replica.attrArn });
    new CfnOutput(this, 'HowToRemove', { value: HOW_TO_REMOVE });
  }
}

import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';

/**
 * Signs the evidence of runs. It is kept when the stack is deleted or evidence is turned off, so that its public key can still be
 * asked of KMS. Its private key never leaves KMS, and it encrypts nothing.
 */
export class EvidenceKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.key = new Key(this, 'Key', {
      description: `${stackName}: signs the evidence of runs of kms-rewrap`,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new Alias(this, 'Alias', { aliasName: `alias/${stackName}-evidence`, targetKey: this.key });
  }

  /** One function signs, with one algorithm. */
  grantSign(signer: Function): void {
    signer.addEnvironment(ENV.evidenceKey, this.key.keyArn);
    signer.addToRolePolicy(
      new PolicyStatement({
        actions: ['kms:Sign'],
        resources: [this.key.keyArn],
        conditions: { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'RAW' } },
      }),
    );
    signer.addToRolePolicy(
      new PolicyStatement({ actions: ['kms:GetPublicKey'], resources: [this.key.keyArn] }),
    );
  }
}

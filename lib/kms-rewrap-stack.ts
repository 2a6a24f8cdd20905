import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { KeyRewrap, type KeyRewrapProps } from './key-rewrap.ts';
import type { Pipeline } from './pipeline/pipeline.ts';

export type KmsRewrapStackProps = StackProps & Omit<KeyRewrapProps, 'claimsElsewhere'>;

const OF_ALL: StackProps = {
  description: 'kms-rewrap: re-encrypts stored KMS data keys server-side',
  // Hundreds of jobs fit into a template's 1 MB without indentation, and half of them with it.
  suppressTemplateIndentation: true,
  terminationProtection: true,
};

/** The service as a stack of its own, one of those that `rewrapApp` makes. Its outputs are what the CLI looks up. */
export class KmsRewrapStack extends Stack {
  readonly pipeline: Pipeline;

  constructor(scope: Construct, id: string, props: KmsRewrapStackProps) {
    super(scope, id, { ...OF_ALL, ...props });
    // The CDK leaves this id out of logical ids: those of deployments stay.
    this.pipeline = new KeyRewrap(this, 'Default', { ...props, claimsElsewhere: true }).pipeline;
  }
}

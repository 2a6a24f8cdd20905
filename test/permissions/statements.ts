import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Document {
  readonly Statement: readonly unknown[];
}
interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** How many statements the templates of an assembly have, by what they are attached to. Each policy of a role has one role. */
export function statementsIn(assembly: string) {
  const resources = readdirSync(assembly)
    .filter(file => file.endsWith('.template.json'))
    .map(file => JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Template)
    .flatMap(({ Resources }) => Object.values(Resources));
  const count = (property: string, ...types: readonly string[]): number =>
    resources
      .filter(({ Type }) => types.includes(Type))
      .reduce(
        (sum, { Properties }) =>
          sum + ((Properties?.[property] as Document | undefined)?.Statement.length ?? 0),
        0,
      );
  return {
    ofRoles: count('PolicyDocument', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'),
    ofTrust: count('AssumeRolePolicyDocument', 'AWS::IAM::Role'),
    ofBuckets: count('PolicyDocument', 'AWS::S3::BucketPolicy'),
    ofKeys: count('KeyPolicy', 'AWS::KMS::Key', 'AWS::KMS::ReplicaKey'),
    ofQueues: count('PolicyDocument', 'AWS::SQS::QueuePolicy'),
  };
}

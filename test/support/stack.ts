import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KmsRewrapStack, type KmsRewrapStackProps } from '../../lib/kms-rewrap-stack.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { job } from './builders.ts';

const CDK_JSON = fileURLToPath(new URL('../../cdk.json', import.meta.url));

/**
 * The synthesized stack for some jobs. The functions are not bundled, and CloudFormation's rules are left out:
 * nag.test.ts applies them to stacks of every kind. This takes half a second instead of ten.
 */
export function synthesized(
  jobs: readonly Job[] = [job()],
  props: Partial<KmsRewrapStackProps> = {},
): Template {
  return Template.fromStack(stackOf(jobs, props));
}

/** The stack for some jobs in an app of its own, before its synthesis. */
export function stackOf(jobs: readonly Job[], props: Partial<KmsRewrapStackProps> = {}): KmsRewrapStack {
  const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as { context: Record<string, unknown> };
  const app = new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    outdir: mkdtempSync(join(tmpdir(), 'synth-')),
    builtinCloudFormationValidation: false,
  });
  return new KmsRewrapStack(app, 'Stack', {
    jobs,
    env: { region: 'us-east-1', account: '111122223333' },
    ...props,
  });
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The functions that have a role, by their construct. */
export const STAGES = [
  'Plan',
  'MigrateUnit',
  'MigrateUnitPlaintext',
  'VerifyUnit',
  'RollbackUnit',
  'FollowTable',
  'FollowBucket',
  'Report',
] as const;
export type Stage = (typeof STAGES)[number];

/** The statements of each function's role, by the function's stage, and of the state machine's. */
export function statementsByStage(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap(type =>
    Object.entries(template.findResources(type)),
  );
  return new Map(
    [...STAGES, 'StateMachine'].map(stage => [
      stage,
      policies
        .filter(([id]) =>
          stage === 'StateMachine'
            ? id.startsWith('PipelineStateMachine')
            : id.startsWith(`Functions${stage}Role`),
        )
        .flatMap(
          ([, { Properties }]) =>
            (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement,
        ),
    ]),
  );
}

export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}

/** The state machine's definition, with references replaced by their names. */
export function definitionOf(template: Template): {
  readonly StartAt: string;
  readonly States: Record<string, AslState>;
} {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const { DefinitionString } = (
    machine as { Properties: { DefinitionString: { 'Fn::Join': [string, unknown[]] } } }
  ).Properties;
  const text = DefinitionString['Fn::Join'][1]
    .map(part => (typeof part === 'string' ? part : 'aws'))
    .join('');
  return JSON.parse(text) as ReturnType<typeof definitionOf>;
}

export interface AslState {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts?: number;
    readonly JitterStrategy?: string;
    readonly MaxDelaySeconds?: number;
  }[];
  readonly ItemProcessor?: { readonly States: Record<string, AslState> };
  readonly [field: string]: unknown;
}

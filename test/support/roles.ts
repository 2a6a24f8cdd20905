import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { resolveIntrinsics, type References } from '../../emulator/cloudformation/intrinsics.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { keysOf } from '../../lambda/core/routes/registry.ts';
import { synthesized } from './stack.ts';

const ACCOUNT = '111122223333';

/** What the stack calls its own resources here. */
export interface OwnNames {
  readonly ledger: string;
  readonly journal: string;
  readonly runs: string;
}

/** The functions that have a role, by their construct. */
const STAGES = [
  'Plan',
  'MigrateUnit',
  'MigrateUnitPlaintext',
  'VerifyUnit',
  'RollbackUnit',
  'Report',
] as const;
export type Stage = (typeof STAGES)[number];

type Policies = ReadonlyMap<Stage, readonly object[]>;

/** Templates by their job. Keys of test runs differ each time, but the policies do not, once the keys have no names. */
const known = new Map<string, string>();

export function roleArn(stage: Stage): string {
  return `arn:aws:iam::${ACCOUNT}:role/${stage}`;
}

/** Makes the roles of the functions, as the stack for a job has them, in an embedded AWS without that stack. */
export function createRoles(aws: EmbeddedAws, job: Job, names: OwnNames): void {
  const { identities } = aws.iam;
  for (const [stage, policies] of policiesFor(job, names)) {
    identities.create(roleArn(stage));
    for (const [index, policy] of policies.entries()) {
      const arn = `arn:aws:iam::${ACCOUNT}:policy/${stage}-${index}`;
      identities.putManaged(arn, policy);
      identities.attach(roleArn(stage), arn);
    }
  }
}

/**
 * Synthesizes the stack of such jobs once. Synthesis draws random numbers, so whoever counts on theirs calls this first.
 */
export function learnRoles(job: Job, names: OwnNames): void {
  policiesFor(job, names);
}

function policiesFor(job: Job, names: OwnNames): Policies {
  const keys = keysOf(job);
  const nameless = keys.reduce(
    (text, key, index) => text.replaceAll(key, placeholder(key, index)),
    JSON.stringify(job),
  );
  const found = known.get(nameless) ?? JSON.stringify(resolved(JSON.parse(nameless) as Job, names));
  known.set(nameless, found);
  const named = keys.reduce((text, key, index) => text.replaceAll(placeholder(key, index), key), found);
  return new Map(JSON.parse(named) as [Stage, object[]][]);
}

/** A key of the same Region, whose id says which one it stands for. */
function placeholder(key: string, index: number): string {
  const id = `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
  return key.includes(':alias/') ? key : key.replace(/key\/.*/, `key/${id}`);
}

function resolved(job: Job, names: OwnNames): readonly (readonly [Stage, readonly object[]])[] {
  const template = synthesized([job], { allowPlaintextRoute: true });
  const references = referencesTo(names);
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap(type =>
    Object.values(template.findResources(type)),
  ) as {
    readonly Properties: {
      readonly PolicyDocument: object;
      readonly Roles: readonly { readonly Ref: string }[];
    };
  }[];
  return STAGES.map(stage => [
    stage,
    policies
      .filter(({ Properties: { Roles } }) => Roles.some(({ Ref }) => Ref.startsWith(`Functions${stage}Role`)))
      .map(({ Properties }) => resolveIntrinsics(Properties.PolicyDocument, references) as object),
  ]);
}

function referencesTo({ ledger, journal, runs }: OwnNames): References {
  const arnOf = (resource: string): string => {
    if (resource.startsWith('RunBucket')) return `arn:aws:s3:::${runs}`;
    if (resource.startsWith('Journal')) return `arn:aws:s3:::${journal}`;
    if (resource.startsWith('Ledger')) return `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${ledger}`;
    return `arn:aws:embedded:::${resource}`;
  };
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'us-east-1',
    'AWS::AccountId': ACCOUNT,
  };
  return {
    ref: name => pseudo[name] ?? name,
    attribute: (resource, attribute) => (attribute === 'Arn' ? arnOf(resource) : resource),
    stackOutput: ({ OutputName }) => OutputName,
  };
}

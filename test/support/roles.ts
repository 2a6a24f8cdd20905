import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { resolveIntrinsics, type References } from '../../emulator/cloudformation/intrinsics.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { keysOf } from '../../lambda/core/routes/registry.ts';
import { STAGES, statementsByStage, synthesized, type Stage } from './stack.ts';

const ACCOUNT = '111122223333';

/** What the stack calls its own resources here. */
export interface OwnNames {
  readonly ledger: string;
  readonly journal: string;
  readonly runs: string;
}

type Statements = ReadonlyMap<Stage, readonly object[]>;

/** Templates by their job. Keys of test runs differ each time, but the policies do not, once the keys have no names. */
const known = new Map<string, string>();

export function roleArn(stage: Stage): string {
  return `arn:aws:iam::${ACCOUNT}:role/${stage}`;
}

/** Makes the roles of the functions, as the stack for a job has them, in an embedded AWS without that stack. */
export function createRoles(aws: EmbeddedAws, job: Job, names: OwnNames): void {
  const { identities } = aws.iam;
  for (const [stage, statements] of statementsFor(job, names)) {
    identities.create(roleArn(stage));
    identities.putInline(roleArn(stage), 'Jobs', { Version: '2012-10-17', Statement: statements });
  }
}

/**
 * Synthesizes the stack of such jobs once. Synthesis draws random numbers, so whoever counts on theirs calls this first.
 */
export function learnRoles(job: Job, names: OwnNames): void {
  statementsFor(job, names);
}

function statementsFor(job: Job, names: OwnNames): Statements {
  const keys = keysOf(job);
  const nameless = keys.reduce(
    (text, key, index) => text.replaceAll(key, placeholder(key, index)),
    JSON.stringify(asGranted(job)),
  );
  const shape = JSON.stringify([nameless, names]);
  const found = known.get(shape) ?? JSON.stringify(resolved(JSON.parse(nameless) as Job, names));
  known.set(shape, found);
  const named = keys.reduce((text, key, index) => text.replaceAll(placeholder(key, index), key), found);
  return new Map(JSON.parse(named) as [Stage, object[]][]);
}

/** The job without what no grant depends on. Synthesis takes a second, and schedules differ in little else. */
function asGranted(job: Job): Job {
  return {
    ...job,
    limits: { ...job.limits, kmsRequestsPerSecond: 100, maxConcurrency: 1 },
    fingerprints: false,
  };
}

/** A key of the same Region, whose id says which one it stands for. */
function placeholder(key: string, index: number): string {
  const id = `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`;
  return key.includes(':alias/') ? key : key.replace(/key\/.*/, `key/${id}`);
}

function resolved(job: Job, names: OwnNames): readonly (readonly [Stage, readonly object[]])[] {
  const references = referencesTo(names);
  const statements = statementsByStage(synthesized([job], { allowPlaintextRoute: true }));
  return STAGES.map(stage => [stage, resolveIntrinsics(statements.get(stage), references) as object[]]);
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
    holds: () => true,
    stackOutput: ({ OutputName }) => OutputName,
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policiesOfJob, policiesText } from '../../cli/deployment/policies.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { job } from '../support/builders.ts';
import { ROOT } from '../support/readme.ts';
import { STAGES, statementsByStage, synthesized } from '../support/stack.ts';

const EXAMPLE = join(ROOT, 'examples/stack-sets');
const A = '222222222222';
const roleArn = `arn:aws:iam::${A}:role/teams/rewrap`;
const key = `arn:aws:kms:us-east-1:${A}:key/33333333-3333-3333-3333-333333333333`;
const assumeRole = { roleArn, externalId: 'one-2' };
const table: Store = {
  ...{ type: 'dynamodb', table: 'Theirs', assumeRole, serverSideEncryptionKey: key },
  format: { type: 'attribute', dataKey: 'edk' },
};
const bucket: Store = {
  ...{ type: 's3', bucket: 'theirs', prefix: 'a*/', assumeRole },
  format: { type: 'object-metadata', dataKey: 'edk' },
};
const WRITES = /^(dynamodb:(Put|Update)|s3:Put)/;

function exampleJob(): Job {
  const parsed = parseJob(JSON.parse(readFileSync(join(EXAMPLE, 'job.json'), 'utf8')), formats);
  if (parsed.kind !== 'job') throw new Error(JSON.stringify(parsed.problems));
  return parsed.job;
}

describe('a job with stores of another account', () => {
  const theirs = job({ stores: [table, bucket] });
  const statements = statementsByStage(synthesized([theirs]));

  it('grants the functions that touch them to assume exactly their role, and nothing on them', () => {
    for (const stage of ['Plan', 'MigrateUnit', 'VerifyUnit', 'RollbackUnit']) {
      const own = statements.get(stage)!;
      const assuming = own.filter(({ Action }) => [Action].flat().includes('sts:AssumeRole'));
      expect(assuming.map(({ Action, Resource }) => [Action, Resource])).toEqual([
        ['sts:AssumeRole', roleArn],
      ]);
    }
    for (const stage of STAGES) {
      const text = JSON.stringify(statements.get(stage));
      for (const name of ['Theirs', 'theirs', key]) expect(text).not.toContain(name);
    }
    expect(JSON.stringify(statements.get('Report'))).not.toContain('sts:AssumeRole');
  });

  it('leaves what a job without them has as it was', () => {
    const all = JSON.stringify([...statementsByStage(synthesized([job()]))]);
    expect(all).not.toContain('sts:AssumeRole');
  });

  const { owners, keys } = policiesOfJob(theirs, 'KmsRewrap', undefined);
  const [owner] = owners;

  it('tells their owner whom to trust, under which external id', () => {
    const account = theirs.destination.key.split(':')[4]!;
    expect(owner).toMatchObject({ account: A, roleArn });
    expect(owner!.trust.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ['sts:AssumeRole'],
        Condition: {
          ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/KmsRewrap-*` },
          StringEquals: { 'sts:ExternalId': 'one-2' },
        },
      },
    ]);
  });

  it('tells what the role may do: what the functions may do with stores of their own', () => {
    const granted = (of: readonly { readonly Action: unknown; readonly Resource?: unknown }[]) =>
      of.flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap(action => [Resource].flat().map(one => `${String(action)} ${String(one)}`)),
      );
    const { roles } = policiesOfJob(
      job({ stores: [table, bucket].map(({ assumeRole: _role, ...own }) => own as Store) }),
      'KmsRewrap',
      undefined,
    );
    const account = theirs.destination.key.split(':')[4]!;
    const own = granted(roles.flatMap(one => one.statements))
      .filter(one => !one.startsWith('kms:') || one.endsWith(key))
      .map(one => (one.startsWith('kms:') ? one : one.replace(account, A)));
    expect(new Set(granted(owner!.permissions.Statement))).toEqual(new Set(own));
    expect(own.some(one => WRITES.test(one))).toBe(true);
  });

  it('lets the role use the key of a store’s own encryption, and the functions those of the job', () => {
    const principals = new Map(
      keys.map(one => [one.key, one.statements.map(({ Principal }) => Principal?.AWS)]),
    );
    expect(new Set(principals.get(key))).toEqual(new Set([roleArn]));
    expect(principals.get(theirs.destination.key)!.every(one => one?.endsWith(':root'))).toBe(true);
  });

  it('asks for no external id where a store of the role names none, and for one of several', () => {
    const trustOf = (...ids: readonly (string | undefined)[]) =>
      policiesOfJob(
        job({
          stores: ids.map((externalId, index) => ({
            ...{ ...table, table: `T-${index}` },
            assumeRole: { roleArn, ...(externalId !== undefined && { externalId }) },
          })),
        }),
        'KmsRewrap',
        undefined,
      ).owners[0]!.trust.Statement[0]!.Condition!['StringEquals'];
    expect(trustOf('a1', undefined)).toBeUndefined();
    expect(trustOf(undefined)).toBeUndefined();
    expect(trustOf('a1', 'b2', 'a1')).toEqual({ 'sts:ExternalId': ['a1', 'b2'] });
  });

  it('has a template that names no account, and keeps what IAM reads as it is', () => {
    const { Properties } = owner!.template.Resources.Role as unknown as {
      readonly Properties: Readonly<Record<string, unknown>>;
    };
    expect(Properties).toMatchObject({ RoleName: 'rewrap', Path: '/teams/' });
    const text = JSON.stringify(Properties['Policies']);
    expect(text).not.toMatch(new RegExp(`(dynamodb|iam):[^"]*${A}`));
    expect(text).toContain('arn:${AWS::Partition}:dynamodb:us-east-1:${AWS::AccountId}:table/Theirs');
    expect(text).toContain('arn:${AWS::Partition}:s3:::theirs/a${!*}/*');
  });

  it('is printed for people', () => {
    const text = policiesText(policiesOfJob(theirs, 'KmsRewrap', undefined));
    expect(text).toContain(`What the owner of account ${A} adds, for the role ${roleArn}`);
  });
});

describe('examples/stack-sets', () => {
  it('has the template that is printed for its job, the same one for each account', () => {
    const { owners } = policiesOfJob(exampleJob(), 'KmsRewrap', undefined);
    const template = JSON.parse(readFileSync(join(EXAMPLE, 'rewrap-orders.json'), 'utf8')) as object;
    expect(owners.map(one => one.account)).toEqual(['222222222222', '333333333333']);
    for (const one of owners) expect(one.template).toEqual(template);
  });
});

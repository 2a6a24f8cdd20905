import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KmsRewrapStackProps } from '../../lib/kms-rewrap-stack.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { job, SCHEDULE } from '../support/builders.ts';
import { stackOf, synthesized } from '../support/stack.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Resources of these types hold what cannot be made again. */
const HOLDS_DATA = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::KMS::ReplicaKey'];

/** Properties that cannot be changed in place, by the description of CloudFormation that the CDK CLI shows diffs with. */
const REPLACED_BY: ReadonlyMap<string, readonly string[]> = createOnly();

function createOnly(): ReadonlyMap<string, readonly string[]> {
  const database = join(
    dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')),
    'db.json.gz',
  );
  const { schema } = JSON.parse(gunzipSync(readFileSync(database)).toString('utf8')) as {
    readonly schema: {
      readonly resource: {
        readonly entities: readonly {
          readonly cloudFormationType: string;
          readonly properties: Readonly<Record<string, { readonly causesReplacement?: string }>>;
        }[];
      };
    };
  };
  return new Map(
    schema.resource.entities
      .filter(({ cloudFormationType }) => HOLDS_DATA.includes(cloudFormationType))
      .map(({ cloudFormationType, properties }) => [
        cloudFormationType,
        Object.entries(properties)
          .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
          .map(([name]) => name),
      ]),
  );
}
/** KMS API reference, CreateKey: these cannot be changed, whatever CloudFormation says. */
const UNCHANGEABLE: readonly string[] = ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'];

const [table] = job().stores;
const other = (name: string): Job => job({ name, stores: [{ ...table, table: `Table-${name}` } as Store] });
const EXISTING_KEY = 'arn:aws:kms:us-east-1:111122223333:key/99999999-9999-9999-9999-999999999999';
const SETTINGS: Readonly<Record<string, readonly [readonly Job[], Partial<KmsRewrapStackProps>]>> = {
  plain: [[job()], {}],
  'no job': [[], {}],
  'another job': [[other('another')], {}],
  'a renamed job': [[{ ...job(), name: 'renamed' }], {}],
  'two jobs': [[job(), other('second')], {}],
  'a schedule': [[job({ schedule: SCHEDULE })], {}],
  'a retention': [[job()], { journalProtection: { retention: Duration.days(90) } }],
  'a longer retention': [[job()], { journalProtection: { retention: Duration.days(400) } }],
  governance: [[job()], { journalProtection: { retention: Duration.days(90), objectLock: 'governance' } }],
  compliance: [[job()], { journalProtection: { retention: Duration.days(90), objectLock: 'compliance' } }],
  plaintext: [[job()], { allowPlaintextRoute: true }],
  'a reader': [[job()], { journalReaders: ['arn:aws:iam::111122223333:role/Auditor'] }],
  'a key that there is': [[job()], { customerManagedKey: EXISTING_KEY }],
  'short invocations': [[job()], { workerTimeout: Duration.seconds(5) }],
};

/** What holds data, by its logical id. */
function dataOf(template: Template): ReadonlyMap<string, Resource> {
  const { Resources } = template.toJSON() as { readonly Resources: Readonly<Record<string, Resource>> };
  return new Map(Object.entries(Resources).filter(([, { Type }]) => HOLDS_DATA.includes(Type)));
}

const templates = new Map(
  Object.entries(SETTINGS).map(([name, [jobs, props]]) => [name, dataOf(synthesized(jobs, props))]),
);

/** Why CloudFormation would part with what holds data; the list is empty if it would not. */
function lost(
  before: ReadonlyMap<string, Resource>,
  after: ReadonlyMap<string, Resource>,
): readonly string[] {
  return [...before].flatMap(([id, { Type, Properties = {} }]) => {
    const now = after.get(id);
    if (now?.Type !== Type) return [`${id} is gone`];
    return [...(REPLACED_BY.get(Type) ?? []), ...UNCHANGEABLE]
      .filter(name => JSON.stringify(Properties[name]) !== JSON.stringify(now.Properties?.[name]))
      .map(name => `${id}.${name} differs`);
  });
}

describe('an update', () => {
  const pairs = [...templates.keys()].flatMap(from => [...templates.keys()].map(to => [from, to] as const));

  it('never replaces or drops what holds data, from any settings to any others', () => {
    const found = pairs.flatMap(([from, to]) =>
      lost(templates.get(from)!, templates.get(to)!).map(words => `${from} → ${to}: ${words}`),
    );
    expect(found).toEqual([]);
  });

  it('parts with the key that has signed evidence, which is retained, and with nothing else if evidence is turned off', () => {
    const signing = dataOf(synthesized([job()], { evidence: true }));
    const plain = templates.get('plain')!;
    expect(lost(plain, signing)).toEqual([]);
    expect(lost(signing, plain)).toEqual([expect.stringMatching(/^EvidenceKey\w+ is gone$/)]);
  });

  it('may encrypt what it holds with another key, and keeps the key of its own that it once made', () => {
    const own = dataOf(synthesized([job()], { customerManagedKey: true }));
    for (const [name, other] of templates) {
      expect([name, ...lost(other, own)]).toEqual([name]);
      expect([name, ...lost(own, other)]).toEqual([
        name,
        expect.stringMatching(/^DeploymentKey\w+ is gone$/),
      ]);
    }
    for (const resource of own.values())
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('is known to be one that replaces, where the name or the lock of a bucket changes', () => {
    expect(REPLACED_BY.get('AWS::S3::Bucket')).toEqual(
      expect.arrayContaining(['BucketName', 'ObjectLockEnabled']),
    );
    const planted = new Map(
      [...templates.get('plain')!].map(([id, one]) => [id, { ...one, Properties: {} }]),
    );
    expect(lost(templates.get('plain')!, planted).length).toBeGreaterThan(0);
  });

  it('that replaces or drops it after all keeps what there was', () => {
    for (const data of templates.values())
      for (const resource of data.values())
        expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

describe('what lasts', () => {
  it('is a ledger that can be restored and that nobody deletes by mistake', () => {
    synthesized().hasResourceProperties('AWS::DynamoDB::Table', {
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('is a stack that nobody deletes by mistake', () => {
    expect(stackOf([job()]).terminationProtection).toBe(true);
  });

  it('runs nothing where the last job is gone', () => {
    const template = synthesized([]);
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/kms:ReEncrypt|table\/Orders/);
  });
});

describe('a new deployment', () => {
  const takeOver = { journalBucket: 'old-journal', runBucket: 'old-runs', ledgerTable: 'old-ledger' };
  const template = synthesized([job()], { takeOver });

  it('can take over the buckets and the ledger of an old one', () => {
    expect([...dataOf(template).keys()]).toEqual([]);
    for (const [output, Value] of Object.entries({
      JournalBucketName: 'old-journal',
      RunBucketName: 'old-runs',
      LedgerTableName: 'old-ledger',
    }))
      template.hasOutput(output, { Value });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toMatch(/s3:::old-journal\/intents/);
  });

  it('is refused a retention of a journal that is not its own, which it could not keep', () => {
    const props = { takeOver, journalProtection: { retention: Duration.days(90) } };
    expect(() => synthesized([job()], props)).toThrow('whose settings stay as they are');
  });

  it('keeps their policies, under the ids that they have in the stack that made them', () => {
    const policies = (one: Template): readonly string[] =>
      Object.keys(one.findResources('AWS::S3::BucketPolicy'));
    expect(policies(template)).toEqual(policies(synthesized()));
    template.allResourcesProperties('AWS::S3::BucketPolicy', { PolicyDocument: {} });
  });
});

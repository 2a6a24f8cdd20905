import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { deployBridges } from '../../lib/route-keys/bridges.ts';
import { deploySourceReplicas } from '../../lib/route-keys/source-replicas.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import { refusePlaintextRoutes } from '../../lib/jobs/plaintext-route.ts';
import { job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';
import { actionsOf, definitionOf, statementsByStage, synthesized, type Statement } from '../support/stack.ts';

const EUROPEAN_KEY = NEW_KEY.replace('us-east-1', 'eu-west-1');
const PRIMARY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
const REPLICA = PRIMARY.replace('us-east-1', 'eu-west-1');
const BRIDGE = 'arn:aws:kms:us-east-1:111122223333:key/mrk-33333333333333333333333333333333';
const BRIDGE_ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/bridge';
const IN_EUROPE = { env: { region: 'eu-west-1', account: '111122223333' } };

const european = (changes: Partial<Job> = {}): Job =>
  job({ destination: { ...use(EUROPEAN_KEY), dataKeyBytes: 32 }, ...changes });

/** The resources on which a stage may perform an action. */
function resourcesOf(
  stages: ReadonlyMap<string, readonly Statement[]>,
  stage: string,
  action: string,
): readonly unknown[] {
  return (stages.get(stage) ?? [])
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat());
}

describe('the keys that workers may use', () => {
  it('are those of both hops over a bridge, each in its direction', () => {
    const stages = statementsByStage(
      synthesized([european({ route: { type: 'bridge', bridgeKey: BRIDGE } })], IN_EUROPE),
    );
    const from = resourcesOf(stages, 'MigrateUnit', 'kms:ReEncryptFrom');
    expect([...from].sort()).toEqual(
      [BRIDGE.replace('us-east-1', 'eu-west-1'), EUROPEAN_KEY, OLD_KEY].sort(),
    );
    expect([...resourcesOf(stages, 'MigrateUnit', 'kms:ReEncryptTo')].sort()).toEqual(
      [BRIDGE, EUROPEAN_KEY].sort(),
    );
    expect(resourcesOf(stages, 'VerifyUnit', 'kms:ReEncryptFrom')).toEqual([EUROPEAN_KEY]);
  });

  it('are the replicas at the destination of multi-Region sources', () => {
    const of = european({ source: { keys: [use(PRIMARY)] }, route: { type: 'multi-region' } });
    const stages = statementsByStage(synthesized([of], IN_EUROPE));
    expect([...resourcesOf(stages, 'MigrateUnit', 'kms:ReEncryptFrom')].sort()).toEqual(
      [EUROPEAN_KEY, REPLICA].sort(),
    );
    expect([...resourcesOf(stages, 'Plan', 'kms:DescribeKey')].sort()).toEqual(
      [EUROPEAN_KEY, PRIMARY, REPLICA].sort(),
    );
  });
});

describe('the route decrypt-encrypt', () => {
  const jobs = [european({ route: { type: 'decrypt-encrypt' } })];

  it('is refused at synth where the deployment does not allow it', () => {
    expect(() => refusePlaintextRoutes(jobs)).toThrow(JobsRefused);
    expect(() => refusePlaintextRoutes(jobs)).toThrow('"allowPlaintextRoute": true in deployment.json');
    expect(() => refusePlaintextRoutes([european()])).not.toThrow();
  });

  it('has no function if the deployment does not allow it, or if no job may take it', () => {
    for (const template of [
      synthesized([european()], IN_EUROPE),
      synthesized([job()], { allowPlaintextRoute: true }),
    ]) {
      expect(statementsByStage(template).get('MigrateUnitPlaintext')).toEqual([]);
      expect(definitionOf(template).States['Migrate']?.ItemProcessor?.States).not.toHaveProperty(
        'MigrateUnit by route',
      );
    }
  });

  it('has a function and a role of its own, which may decrypt with the sources and encrypt with the destination', () => {
    const stages = statementsByStage(synthesized(jobs, { ...IN_EUROPE, allowPlaintextRoute: true }));
    expect(resourcesOf(stages, 'MigrateUnitPlaintext', 'kms:Decrypt')).toEqual([OLD_KEY]);
    expect(resourcesOf(stages, 'MigrateUnitPlaintext', 'kms:Encrypt')).toEqual([EUROPEAN_KEY]);
    for (const stage of ['Plan', 'MigrateUnit', 'VerifyUnit', 'Report'])
      expect(actionsOf(stages.get(stage) ?? []).filter(action => /^kms:(De|En)crypt/.test(action))).toEqual(
        [],
      );
  });

  it('sends only units that are marked for it to that function', () => {
    const { States } = definitionOf(synthesized(jobs, { ...IN_EUROPE, allowPlaintextRoute: true }));
    const states = States['Migrate']?.ItemProcessor?.States ?? {};
    expect(states['MigrateUnit by route']).toMatchObject({
      Type: 'Choice',
      Choices: [{ Next: 'MigrateUnitPlaintext' }],
      Default: 'MigrateUnit',
    });
    expect(states['MigrateUnitPlaintext']?.Retry).toEqual(states['MigrateUnit']?.Retry);
  });
});

describe('stores that are copied', () => {
  const copied = (createMissing: boolean): ReadonlyMap<string, readonly Statement[]> => {
    const copyTo = { region: 'eu-west-1', table: 'OrdersThere', createMissing };
    return statementsByStage(
      synthesized(
        [
          european({
            route: { type: 'bridge', bridgeKey: BRIDGE },
            stores: [{ ...job().stores[0], copyTo } as Store],
          }),
        ],
        IN_EUROPE,
      ),
    );
  };
  const names = (resources: readonly unknown[]): readonly string[] =>
    resources.map(resource => JSON.stringify(resource).replace(/.*(dynamodb:[^"]+)".*/, '$1'));

  it('are written at their destination and not at their source, and items are created only if the job says so', () => {
    const stages = copied(true);
    const there = ['dynamodb:eu-west-1:111122223333:table/OrdersThere'];
    expect(names(resourcesOf(stages, 'MigrateUnit', 'dynamodb:UpdateItem'))).toEqual(
      expect.arrayContaining(there),
    );
    expect(names(resourcesOf(stages, 'MigrateUnit', 'dynamodb:UpdateItem')).join()).not.toContain(
      'us-east-1:111122223333:table/Orders',
    );
    expect(names(resourcesOf(stages, 'MigrateUnit', 'dynamodb:PutItem'))).toEqual(there);
    expect(resourcesOf(copied(false), 'MigrateUnit', 'dynamodb:PutItem')).toEqual([]);
    expect(names(resourcesOf(stages, 'MigrateUnit', 'dynamodb:Scan'))).toEqual([
      'dynamodb:us-east-1:111122223333:table/Orders',
    ]);
  });
});

describe('bridge keys', () => {
  const jobs = [
    european({
      route: { type: 'bridge', bridgeKey: BRIDGE_ALIAS, deployBridgeKey: true },
    }),
  ];
  const stacks = (): ReadonlyMap<string, Template> => {
    const app = new App({
      outdir: mkdtempSync(join(tmpdir(), 'bridge-')),
      builtinCloudFormationValidation: false,
      context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' },
    });
    deployBridges(app, jobs);
    return new Map(
      app.node.children
        .filter(child => Stack.isStack(child))
        .map(stack => [stack.region, Template.fromStack(stack)]),
    );
  };

  it('are a multi-Region key in the Region of the sources and its replica in that of the destination, under one alias', () => {
    const bridges = stacks();
    expect([...bridges.keys()]).toEqual(['us-east-1', 'eu-west-1']);
    bridges.get('us-east-1')?.hasResource('AWS::KMS::Key', {
      Properties: { MultiRegion: true, EnableKeyRotation: true },
      DeletionPolicy: 'Retain',
    });
    bridges.get('eu-west-1')?.hasResource('AWS::KMS::ReplicaKey', {
      Properties: { PrimaryKeyArn: { 'Fn::GetStackOutput': Match.objectLike({ Region: 'us-east-1' }) } },
      DeletionPolicy: 'Retain',
    });
    for (const template of bridges.values())
      template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/bridge' });
  });

  it('schedule nothing, run nothing, and say how to remove them', () => {
    for (const template of stacks().values()) {
      for (const type of ['AWS::Lambda::Function', 'AWS::Scheduler::Schedule', 'AWS::Events::Rule'])
        template.resourceCountIs(type, 0);
      template.hasOutput('HowToRemove', {
        Value: Match.stringLikeRegexp('schedule the deletion of the key'),
      });
    }
  });

  it('are not made unless a job asks for it', () => {
    const app = new App();
    deployBridges(app, [european({ route: { type: 'bridge', bridgeKey: BRIDGE_ALIAS } })]);
    expect(app.node.children.filter(child => Stack.isStack(child))).toEqual([]);
  });
});

describe('replicas of source keys', () => {
  const replicated = (name: string, keys: readonly string[]): Job =>
    european({
      name,
      source: { keys: keys.map(one => use(one)) },
      route: { type: 'multi-region', deployReplicas: true },
    });

  it('are made once in the Region of the destination, whatever the number of jobs, and are retained', () => {
    const app = new App({
      outdir: mkdtempSync(join(tmpdir(), 'replicas-')),
      builtinCloudFormationValidation: false,
    });
    deploySourceReplicas(app, [replicated('a', [PRIMARY]), replicated('b', [PRIMARY, BRIDGE]), european()]);
    const stacks = app.node.children.filter(child => Stack.isStack(child));
    expect(stacks.map(({ region, stackName }) => [region, stackName])).toEqual([
      ['eu-west-1', 'KmsRewrapReplicas'],
    ]);
    const template = Template.fromStack(stacks[0]!);
    template.resourceCountIs('AWS::KMS::ReplicaKey', 2);
    template.hasResource('AWS::KMS::ReplicaKey', {
      Properties: { PrimaryKeyArn: PRIMARY },
      DeletionPolicy: 'Retain',
    });
    template.hasOutput('HowToRemove', {});
  });
});

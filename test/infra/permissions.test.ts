import { actionsOf, statementsByStage, synthesized, type Statement } from '../support/stack.ts';
import { job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';

const SSE_KEY = 'arn:aws:kms:us-east-1:111122223333:key/99999999-9999-9999-9999-999999999999';
const JOBS = [
  job(),
  job({
    name: 'documents',
    stores: [
      {
        type: 's3',
        bucket: 'documents',
        prefix: '2026/',
        serverSideEncryptionKey: SSE_KEY,
        format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} },
      },
      {
        type: 'dynamodb',
        table: 'Encrypted',
        serverSideEncryptionKey: SSE_KEY,
        format: { type: 'attribute', dataKey: 'edk', encoding: 'binary', encryptionContext: {} },
      },
    ],
  }),
];

/** Everything that each role may do. Add a new permission here first, with a reason in docs/permissions.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  Plan: [
    'dynamodb:DescribeContinuousBackups',
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:ListKeyRotations',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    's3:GetBucketObjectLockConfiguration',
    's3:GetBucketOwnershipControls',
    's3:GetBucketVersioning',
    's3:GetEncryptionConfiguration',
    's3:GetObject',
    's3:ListBucket',
    's3:ListBucketVersions',
    's3:PutObject',
  ],
  RollbackUnit: [
    'dynamodb:BatchGetItem',
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:PartiQLUpdate',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    's3:AbortMultipartUpload',
    's3:GetBucketOwnershipControls',
    's3:GetObject',
    's3:GetObjectAcl',
    's3:GetObjectAnnotation',
    's3:GetObjectLegalHold',
    's3:GetObjectRetention',
    's3:GetObjectTagging',
    's3:ListBucket',
    's3:ListObjectAnnotations',
    's3:PutObject',
    's3:PutObjectAcl',
    's3:PutObjectAnnotation',
    's3:PutObjectLegalHold',
    's3:PutObjectRetention',
    's3:PutObjectTagging',
  ],
  MigrateUnit: [
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:PartiQLUpdate',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    's3:AbortMultipartUpload',
    's3:GetBucketOwnershipControls',
    's3:GetObject',
    's3:GetObjectAcl',
    's3:GetObjectAnnotation',
    's3:GetObjectLegalHold',
    's3:GetObjectRetention',
    's3:GetObjectTagging',
    's3:ListBucket',
    's3:ListObjectAnnotations',
    's3:PutObject',
    's3:PutObjectAcl',
    's3:PutObjectAnnotation',
    's3:PutObjectLegalHold',
    's3:PutObjectRetention',
    's3:PutObjectTagging',
  ],
  VerifyUnit: [
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    's3:GetBucketOwnershipControls',
    's3:GetObject',
    's3:ListBucket',
    // What it leaves unproven it writes into the journal: unproven/* alone.
    's3:PutObject',
  ],
  Report: [
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'events:PutEvents',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ],
};

/** Every function may write to its own log group, and to no other. */
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('the permissions', () => {
  const template = synthesized(JOBS);
  const stages = statementsByStage(template);
  const statements = (stage: string): readonly Statement[] => stages.get(stage) ?? [];
  const withAction = (stage: string, action: string): readonly Statement[] =>
    statements(stage).filter(({ Action }) => [Action].flat().includes(action));

  it.each(Object.keys(ALLOWED))('%s may do what its list says, and nothing else', stage => {
    expect(actionsOf(statements(stage))).toEqual([...(ALLOWED[stage] ?? []), ...LOGS].sort());
  });

  it.each(Object.keys(ALLOWED))('%s has no wildcard action, and no resource *', stage => {
    for (const { Action, Resource } of statements(stage)) {
      expect([Action].flat().join()).not.toContain('*');
      expect([Resource].flat()).not.toContain('*');
    }
  });

  it('no role of any kind may decrypt, encrypt or generate data keys but through the service that stores the data', () => {
    const cryptographic = [...stages.values()]
      .flat()
      .filter(({ Action }) =>
        [Action].flat().some(action => /^kms:(Decrypt|Encrypt|GenerateDataKey)/.test(action)),
      );
    expect(cryptographic.length).toBeGreaterThan(0);
    for (const { Condition } of cryptographic)
      expect(Condition?.['StringEquals']?.['kms:ViaService']).toMatch(
        /^(s3|dynamodb)\.us-east-1\.amazonaws\.com$/,
      );
  });

  it('no role has any of those actions for stores without a key of their own', () => {
    const plain = statementsByStage(synthesized([job()]));
    const actions = [...plain.values()].flatMap(actionsOf).filter(action => action.startsWith('kms:'));
    expect(new Set(actions)).toEqual(
      new Set(['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:ReEncryptFrom', 'kms:ReEncryptTo']),
    );
  });

  it('VerifyUnit may use the destination key only', () => {
    for (const action of ['kms:ReEncryptFrom', 'kms:ReEncryptTo'])
      expect(withAction('VerifyUnit', action).map(({ Resource }) => Resource)).toEqual([NEW_KEY]);
  });

  it('MigrateUnit may re-encrypt out of the sources, and into the destination only', () => {
    expect(withAction('MigrateUnit', 'kms:ReEncryptFrom').flatMap(({ Resource }) => Resource)).toEqual([
      OLD_KEY,
      NEW_KEY,
    ]);
    expect(withAction('MigrateUnit', 'kms:ReEncryptTo').flatMap(({ Resource }) => Resource)).toEqual([
      NEW_KEY,
    ]);
  });

  it('VerifyUnit may write to the ledger only, never to a store', () => {
    const updated = JSON.stringify(
      withAction('VerifyUnit', 'dynamodb:UpdateItem').map(({ Resource }) => Resource),
    );
    expect(updated).toContain('LedgerTable');
    expect(updated).not.toMatch(/Orders|Encrypted/);
  });

  it('annotations are read where a job has data keys there, and nothing of such a store is written by anybody', () => {
    const format = { type: 'object-annotation', annotation: 'edk', encryptionContext: {} };
    const counted = job({
      name: 'counted',
      stores: [{ type: 's3', bucket: 'annotated', prefix: '', versions: 'all', format }],
    });
    const granted = [...statementsByStage(synthesized([counted]))].map(([stage, all]) => {
      const own = all.filter(({ Resource }) => JSON.stringify(Resource).includes('annotated/'));
      return [stage, actionsOf(own).map(action => action.replace('s3:GetObject', ''))] as const;
    });
    const reads = ['', 'Annotation', 'Version', 'VersionAnnotation'];
    expect(Object.fromEntries(granted.filter(([, actions]) => actions.length > 0))).toEqual({
      ...{ Plan: reads, MigrateUnit: reads, VerifyUnit: reads },
    });
  });

  it('conditions on other items are granted only where a format has such guards, and only to roles that write', () => {
    const guarded = job({
      stores: [{ type: 'dynamodb', table: 'BranchKeys', format: { type: 'branch-key-store' } }],
    });
    const granted = [...statementsByStage(synthesized([job(), guarded]))].flatMap(([stage, all]) =>
      all
        .filter(({ Action }) => [Action].flat().includes('dynamodb:ConditionCheckItem'))
        .map(({ Resource }) => [stage, JSON.stringify(Resource)] as const),
    );
    expect(granted.map(([stage]) => stage).sort()).toEqual(['MigrateUnit', 'RollbackUnit']);
    for (const [, resource] of granted) expect(resource).toMatch(/BranchKeys/);
    for (const [, resource] of granted) expect(resource).not.toMatch(/Orders/);
  });

  it('a store whose format Plan is to find has what any format may need: tags, beside the objects', () => {
    const bucket = { type: 's3', bucket: 'documents', prefix: '', format: { type: 'auto' } };
    const table = { type: 'dynamodb', table: 'Found', format: { type: 'auto' } };
    const found = statementsByStage(synthesized([job({ stores: [bucket, table] })]));
    for (const stage of ['MigrateUnit', 'VerifyUnit'])
      expect(actionsOf(found.get(stage) ?? [])).toEqual(
        expect.arrayContaining(['dynamodb:Scan', 's3:GetObject', 's3:GetObjectTagging']),
      );
    expect(actionsOf(found.get('Plan') ?? [])).toEqual(
      expect.arrayContaining(['dynamodb:Scan', 's3:GetObject']),
    );
  });

  it('listing is granted within the prefix, and without one, so that a deleted object is a 404 and not a 403', () => {
    const conditions = withAction('VerifyUnit', 's3:ListBucket').map(({ Condition }) => Condition);
    expect(conditions).toContainEqual({ StringLikeIfExists: { 's3:prefix': '2026/*' } });
  });

  it('Plan may list the folders above a prefix, to find one with a similar spelling, and nothing else there', () => {
    const conditions = withAction('Plan', 's3:ListBucket').map(({ Condition }) => Condition);
    expect(conditions).toContainEqual({ StringEquals: { 's3:prefix': '' } });
    expect(conditions).not.toContainEqual(undefined);
    const nested = synthesized([
      job({
        stores: [
          {
            type: 's3',
            bucket: 'documents',
            prefix: 'a/b/c',
            format: { type: 'object-metadata', dataKey: 'edk', encoding: 'base64', encryptionContext: {} },
          },
        ],
      }),
    ]);
    expect(
      (statementsByStage(nested).get('Plan') ?? []).map(({ Condition }) => Condition?.['StringEquals']),
    ).toContainEqual({ 's3:prefix': ['', 'a/', 'a/b/'] });
  });

  it.each(Object.keys(ALLOWED))(
    '%s learns that an object is missing wherever it may read objects: S3 answers 404 only to those who may list',
    stage => {
      const unconditional = withAction(stage, 's3:ListBucket').filter(
        ({ Condition = {} }) =>
          Object.keys(Condition).join() !== 'StringEquals' && !('StringLike' in Condition),
      );
      const listed = new Set(unconditional.flatMap(({ Resource }) => bucketsIn(Resource)));
      const read = withAction(stage, 's3:GetObject').flatMap(({ Resource }) => bucketsIn(Resource));
      expect(read.filter(bucket => !listed.has(bucket))).toEqual([]);
    },
  );

  it('a prefix with characters that are special to IAM stands for itself', () => {
    const odd = synthesized([
      job({
        stores: [
          {
            type: 's3',
            bucket: 'documents',
            prefix: 'a*/b?${aws:username}',
            format: { type: 'object-metadata', dataKey: 'edk', encoding: 'base64', encryptionContext: {} },
          },
        ],
      }),
    ]);
    const escaped = 'a${*}/b${?}${$}{aws:username}';
    const of = (stage: string, action: string): readonly Statement[] =>
      (statementsByStage(odd).get(stage) ?? []).filter(({ Action }) => [Action].flat().includes(action));
    const conditions = of('Plan', 's3:ListBucket').map(({ Condition }) => Condition);
    expect(conditions).toContainEqual({ StringLikeIfExists: { 's3:prefix': `${escaped}*` } });
    expect(conditions).toContainEqual({ StringEquals: { 's3:prefix': ['', 'a${*}/'] } });
    expect(JSON.stringify(of('MigrateUnit', 's3:PutObject'))).toContain(`documents/${escaped}*`);
    expect(JSON.stringify(of('MigrateUnit', 's3:PutObject'))).not.toContain('a*');
  });

  it('the state machine reaches the files of runs and nothing else in their bucket, and no other version of a function', () => {
    const resources = statements('StateMachine').flatMap(({ Action, Resource }) =>
      [Action].flat().some(action => /^(s3|lambda):/.test(action)) ? [Resource].flat() : [],
    );
    const ends = resources.map(one => /([^"]*)"\]*}*$/.exec(JSON.stringify(one))?.[1]);
    expect(new Set(ends)).toEqual(new Set(['Arn', '/runs/*']));
  });

  it('no role has a managed policy, because this project does not choose its actions', () => {
    for (const role of Object.values(template.findResources('AWS::IAM::Role')))
      expect(role).not.toHaveProperty('Properties.ManagedPolicyArns');
  });

  it('RollbackUnit may use no key but through the service that stores the data, nor scan a store', () => {
    const plain = statementsByStage(synthesized([job()])).get('RollbackUnit') ?? [];
    expect(actionsOf(plain).filter(action => /^kms:|Scan/.test(action))).toEqual([]);
  });

  it('an alias is granted as the key that it names', () => {
    const aliased = statementsByStage(
      synthesized([job({ source: { keys: [use('arn:aws:kms:us-east-1:111122223333:alias/old')] } })]),
    );
    const from = (aliased.get('MigrateUnit') ?? []).filter(({ Action }) =>
      [Action].flat().includes('kms:ReEncryptFrom'),
    );
    expect(from).toContainEqual(
      expect.objectContaining({
        Resource: 'arn:aws:kms:us-east-1:111122223333:key/*',
        Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/old'] } },
      }),
    );
  });

  it('so is an alias of the key that a store is encrypted with, through that service only', () => {
    const [, stored] = JOBS;
    const aliased = stored!.stores.map(store => ({
      ...store,
      serverSideEncryptionKey: 'arn:aws:kms:us-east-1:111122223333:alias/storage',
    }));
    const stages = statementsByStage(synthesized([{ ...stored!, stores: aliased }]));
    const verify = (stages.get('VerifyUnit') ?? []).filter(({ Action }) => Action === 'kms:Decrypt');
    expect(verify).toEqual(
      ['s3', 'dynamodb'].map(service => ({
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Resource: 'arn:aws:kms:us-east-1:111122223333:key/*',
        Condition: {
          StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/storage'] },
        },
      })),
    );
  });

  it('no function may delete anything, nor replace a whole item, nor disable a key', () => {
    const actions = Object.keys(ALLOWED).flatMap(stage => actionsOf(statements(stage)));
    expect(actions.filter(action => /Delete|Disable|PutItem/.test(action))).toEqual([]);
  });
});

/** The buckets of S3 resources, by name or by logical ID. */
function bucketsIn(resource: unknown): readonly string[] {
  return [...JSON.stringify(resource).matchAll(/s3:::([^/"]+)|"Fn::GetAtt":\["([^"]+)"/g)].flatMap(
    ([, name, id]) => name ?? id ?? [],
  );
}

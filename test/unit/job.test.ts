import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bucketStore, jobInput, NEW_KEY, OLD_KEY, tableStore } from '../support/builders.ts';

const MULTI_REGION_KEY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';

function european(changes: Record<string, unknown>): Record<string, unknown> {
  return jobInput({ destination: { key: NEW_KEY.replace('us-east-1', 'eu-west-1') }, ...changes });
}

function lines(input: unknown): readonly string[] {
  const parsed = parseJob(input, formats);
  return parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem);
}

describe('a job file', () => {
  it('is accepted with the fewest fields, and gets the documented defaults', () => {
    const parsed = parseJob(jobInput(), formats);
    if (parsed.kind !== 'job') throw new Error(lines(jobInput()).join('\n'));
    expect(parsed.job.limits).toEqual({
      kmsRequestsPerSecond: 500,
      maxConcurrency: 16,
      toleratedFailurePercentage: 0,
    });
    expect(parsed.job).toMatchObject({ verify: 'full', route: { type: 'auto' } });
  });

  it('may name keys by alias ARN', () => {
    expect(
      lines(jobInput({ source: { keys: ['arn:aws:kms:us-east-1:111122223333:alias/orders-2025'] } })),
    ).toEqual([]);
  });

  it.each([
    [
      'an unknown field, with the nearest valid name',
      jobInput({ stroes: [] }),
      "job: has no field 'stroes'; did you mean 'stores'?",
    ],
    [
      'a misspelt field deep inside',
      jobInput({
        stores: [tableStore({ format: { type: 'attribute', dataKey: 'edk', encodng: 'base64' } })],
      }),
      "stores[0].format: has no field 'encodng'; did you mean 'encoding'?",
    ],
    [
      'a key that is a bare id',
      jobInput({ destination: { key: '22222222-2222-2222-2222-222222222222' } }),
      'destination.key = "22222222-2222-2222-2222-222222222222": is no KMS key ARN or alias ARN; write arn:aws:kms:REGION:ACCOUNT:key/ID',
    ],
    [
      'a key of another service',
      jobInput({ source: { keys: ['arn:aws:s3:::bucket'] } }),
      'source.keys[0] = "arn:aws:s3:::bucket": is no KMS key ARN',
    ],
    [
      'a missing destination',
      jobInput({ destination: undefined }),
      'destination: is not the destination; write an object with the fields key',
    ],
    ['an empty list of stores', jobInput({ stores: [] }), 'stores = []: is empty; write at least one store'],
    ['an empty list of keys', jobInput({ source: { keys: [] } }), 'source.keys = []: is empty'],
    [
      'an unknown type of store',
      jobInput({ stores: [{ type: 'rds' }] }),
      'is no store; write "type": "dynamodb" or "type": "s3"',
    ],
    [
      'a format of the other store',
      jobInput({ stores: [tableStore({ format: { type: 'object-metadata', dataKey: 'edk' } })] }),
      'is no format of this kind of store; write "type": "attribute"',
    ],
    [
      'a missing attribute path',
      jobInput({ stores: [tableStore({ format: { type: 'attribute' } })] }),
      'stores[0].format.dataKey: is missing; write names joined by dots',
    ],
    [
      'a broken attribute path',
      jobInput({ stores: [tableStore({ format: { type: 'attribute', dataKey: 'a..b' } })] }),
      'stores[0].format.dataKey = "a..b": is no attribute path',
    ],
    [
      'a context value that names no attribute',
      jobInput({
        stores: [
          tableStore({ format: { type: 'attribute', dataKey: 'edk', encryptionContext: { tenant: {} } } }),
        ],
      }),
      'stores[0].format.encryptionContext.tenant: is no context value; write a text, or an object that names a place in the record',
    ],
    [
      'a limit out of bounds',
      jobInput({ limits: { kmsRequestsPerSecond: 0 } }),
      'limits.kmsRequestsPerSecond = 0: is out of bounds; write a whole number of requests per second from 1 to 100000',
    ],
    [
      'a metadata name with its prefix',
      jobInput({ stores: [bucketStore({ format: { type: 'object-metadata', dataKey: 'x-amz-meta-edk' } })] }),
      "is no metadata name; write it in lower case and without 'x-amz-meta-'",
    ],
    [
      'a schedule that is no expression',
      jobInput({ schedule: { expression: 'every friday' } }),
      'schedule.expression = "every friday": is no schedule of EventBridge Scheduler',
    ],
    [
      'keys of two Regions on the direct route',
      jobInput({ source: { keys: [OLD_KEY.replace('us-east-1', 'eu-west-1')] }, route: { type: 'direct' } }),
      'is in us-east-1 and the source keys are in eu-west-1, but the route direct is one ReEncrypt call within a Region',
    ],
    [
      'source keys of two Regions',
      jobInput({ source: { keys: [OLD_KEY, OLD_KEY.replace('us-east-1', 'eu-west-1')] } }),
      'is not in us-east-1, the Region of the first source key',
    ],
    [
      'a source key that is neither an ARN nor an object',
      jobInput({ source: { keys: ['alias/old'] } }),
      'source.keys[0] = "alias/old": is no KMS key ARN or alias ARN',
    ],
    [
      'an algorithm that is none',
      jobInput({ source: { keys: [{ key: OLD_KEY, encryptionAlgorithm: 'RSA' }] } }),
      'source.keys[0]: is no source key; write an ARN, or an object with the fields key (an ARN) and encryptionAlgorithm (SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE)',
    ],
    [
      'a route to another Region where there is none',
      jobInput({ route: { type: 'bridge', bridgeKey: MULTI_REGION_KEY } }),
      'route.type = "bridge": leads to another Region, but all keys are in us-east-1',
    ],
    [
      'a bridge without a key',
      european({ route: { type: 'bridge' } }),
      'route.bridgeKey: is missing; add the ARN of a multi-Region key in us-east-1 with a replica in eu-west-1',
    ],
    [
      'a bridge key of the wrong Region',
      european({
        route: { type: 'bridge', bridgeKey: MULTI_REGION_KEY.replace('us-east-1', 'eu-west-1') },
      }),
      'is not in us-east-1, where the first of its two hops is',
    ],
    [
      'a bridge key that is a single-Region one',
      european({ route: { type: 'bridge', bridgeKey: OLD_KEY } }),
      'is a single-Region key; a bridge is a multi-Region key',
    ],
    [
      'a bridge key that the route does not use',
      european({ route: { type: 'decrypt-encrypt', bridgeKey: MULTI_REGION_KEY } }),
      'is not used by the route decrypt-encrypt',
    ],
    [
      'a bridge key to deploy that has no name',
      european({ route: { type: 'bridge', bridgeKey: MULTI_REGION_KEY, deployBridgeKey: true } }),
      'route.deployBridgeKey = true: needs a name for the key that it makes; write an alias ARN as bridgeKey',
    ],
    [
      'the multi-Region route of a single-Region key',
      european({ route: { type: 'multi-region' } }),
      'is a single-Region key, and the route multi-region needs multi-Region ones',
    ],
    [
      'replicas of keys that cdk deploy cannot know',
      european({
        source: { keys: [OLD_KEY.replace(/key.*/, 'alias/old')] },
        route: { type: 'multi-region', deployReplicas: true },
      }),
      'cannot be replicated by cdk deploy, which must know it; write the key ARN of a multi-Region primary',
    ],
    [
      'replicas that the route does not use',
      european({ route: { type: 'decrypt-encrypt', deployReplicas: true } }),
      'route.deployReplicas = true: makes replicas that the route decrypt-encrypt does not use',
    ],
    [
      'a context for asymmetric sources',
      jobInput({ source: { keys: [{ key: OLD_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }] } }),
      'stores[0].format.encryptionContext = ["tenant"]: is a context for asymmetric source keys, which takes none',
    ],
    [
      'a new context for an asymmetric destination',
      jobInput({
        destination: { key: NEW_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
        stores: [
          tableStore({
            format: { type: 'attribute', dataKey: 'edk', destinationEncryptionContext: { a: 'b' } },
          }),
        ],
      }),
      'stores[0].format.destinationEncryptionContext = ["a"]: is a context for an asymmetric destination key',
    ],
    [
      'segments that are not there',
      jobInput({ stores: [tableStore({ scope: { segments: { total: 4, only: [4] } } })] }),
      'stores[0].scope.segments: has segments that do not exist, or the same one twice',
    ],
    [
      'an index whose name a policy would take for a pattern',
      jobInput({ stores: [tableStore({ scope: { index: 'by-*' } })] }),
      'stores[0].scope.index = "by-*": is no name of an index; write 3 to 255 of a-z',
    ],
    [
      'a filter value without its type',
      jobInput({
        stores: [tableStore({ scope: { filter: { expression: 'a = :a', values: { ':a': 'x' } } } })],
      }),
      'is no typed value; write { "S": "text" }',
    ],
    [
      'aliases of two accounts',
      jobInput({
        source: { keys: ['arn:aws:kms:us-east-1:111122223333:alias/old'] },
        destination: { key: 'arn:aws:kms:us-east-1:444455556666:alias/new' },
      }),
      'destination.key = "arn:aws:kms:us-east-1:444455556666:alias/new": is an alias of the account 444455556666, and not of 111122223333: AWS does not say that roles can be granted a key of another account by its alias; write the ARN of the key',
    ],
    [
      'a prefix that no policy can hold',
      jobInput({ stores: [bucketStore({ prefix: 'Köln/' })] }),
      'stores[0].prefix = "Köln/": has characters that a policy cannot hold: IAM and CloudFormation keep printable ASCII only; write the part before the first of them, and the whole under scope.prefixes',
    ],
    [
      'a scope prefix outside of the prefix of the store',
      jobInput({ stores: [bucketStore({ prefix: '2026/', scope: { prefixes: ['2025/'] } })] }),
      'stores[0].scope.prefixes[0] = "2025/": does not start with the store\'s prefix; write 2026/',
    ],
    [
      'scope prefixes of which one holds the other',
      jobInput({ stores: [bucketStore({ scope: { prefixes: ['a/', 'a/b/'] } })] }),
      'stores[0].scope.prefixes[1] = "a/b/": overlaps with a/',
    ],
    [
      'a time that is none',
      jobInput({ stores: [bucketStore({ scope: { modifiedAfter: 'yesterday' } })] }),
      'stores[0].scope.modifiedAfter = "yesterday": is no time; write one such as 2026-01-01T00:00:00Z',
    ],
    [
      'one table named twice',
      jobInput({ stores: [tableStore(), tableStore()] }),
      'stores[1] = "dynamodb:Orders": has the data keys of stores[0] (dynamodb:Orders), too; if they differ in their context, write one store with a list of contexts',
    ],
    [
      'two prefixes of which one holds the other',
      jobInput({ stores: [bucketStore({ prefix: '2026/' }), bucketStore({ prefix: '2026/01/' })] }),
      'stores[1] = "s3:documents/2026/01/": has the data keys of stores[0] (s3:documents/2026/), too;',
    ],
  ])('refuses %s', (_, input, words) => {
    const found = lines(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });

  it.each([
    [{ keyArn: 'edk' }, 'edk', 'is named twice; give the data key'],
    [{ keyArn: ['edk'] }, 'edk', 'is named twice'],
    [{ version: 'edk' }, 'edk', 'is named twice'],
    [{ dataKey: 'envelope', keyArn: 'envelope.kid' }, 'envelope.kid', 'and envelope are inside one another'],
    [
      { dataKey: 'keys[0].edk', encryptionAlgorithm: 'keys' },
      'keys',
      'and keys[0].edk are inside one another; name places that hold one value each',
    ],
    [{ keyArn: 'kid', writeTo: { dataKey: 'edk2', keyArn: 'kid' } }, 'kid', 'is named twice'],
    [{ writeTo: { dataKey: 'edk' } }, 'edk', 'is named twice'],
  ])('does not take one place, or one inside another, for two things: %j', (fields, value, words) => {
    const format = { type: 'attribute', dataKey: 'edk', ...fields };
    expect(lines(jobInput({ stores: [tableStore({ format })] })).join('\n')).toContain(
      `stores[0].format = "${value}": ${words}`,
    );
  });

  it('does not accept one metadata entry for two purposes', () => {
    const format = { type: 'object-metadata', dataKey: 'edk', keyArn: 'edk' };
    expect(lines(jobInput({ stores: [bucketStore({ format })] }))).toEqual([
      'stores[0].format = "edk": is named twice; give the data key and everything beside it a place of its own',
    ]);
  });

  it('accepts places side by side, and names that only begin alike', () => {
    const format = { type: 'attribute', dataKey: 'keys[1].edk', keyArn: 'keys[1].edk2', version: 'keys2' };
    expect(lines(jobInput({ stores: [tableStore({ format })] }))).toEqual([]);
  });

  it('tells how to fix a table that is named twice with two contexts, in a way that fits tables', () => {
    const context = (encryptionContext: object): object =>
      tableStore({ format: { type: 'attribute', dataKey: 'edk', encryptionContext } });
    const [line = ''] = lines(jobInput({ stores: [context({ app: 'shop' }), context({})] }));
    expect(line).toContain('a list of contexts as its encryptionContext');
    expect(line).toContain('filters that cannot overlap');
  });

  it('accepts two data keys of one table as two stores', () => {
    const other = tableStore({ format: { type: 'attribute', dataKey: 'otherEdk' } });
    expect(lines(jobInput({ stores: [tableStore(), other] }))).toEqual([]);
  });

  it('accepts one table as several stores if their parts cannot overlap, or are declared not to', () => {
    const part = (scope: object): Record<string, unknown> => tableStore({ scope });
    const where = (expression: string): object => ({ filter: { expression } });
    const stores = (...scopes: readonly object[]): readonly string[] =>
      lines(jobInput({ stores: scopes.map(part) }));
    expect(stores(where('attribute_exists(a)'), where('attribute_not_exists(a)'))).toEqual([]);
    expect(stores(where('attribute_exists(a)'), where('attribute_exists(b)'))).toHaveLength(1);
    expect(stores(where('attribute_exists(a)'), { ...where('attribute_exists(b)'), disjoint: true })).toEqual(
      [],
    );
    const segments = (...only: readonly number[]): object => ({ segments: { total: 4, only } });
    expect(stores(segments(0, 1), segments(2, 3))).toEqual([]);
    expect(stores(segments(0, 1), segments(1, 2))).toHaveLength(1);
  });

  it('accepts one bucket as several stores whose prefixes do not overlap', () => {
    const part = (...prefixes: readonly string[]): Record<string, unknown> =>
      bucketStore({ scope: { prefixes } });
    expect(lines(jobInput({ stores: [part('a/'), part('b/', 'c/')] }))).toEqual([]);
    expect(lines(jobInput({ stores: [part('a/'), part('b/', 'a/b/')] }))).toHaveLength(1);
  });

  it('names every problem at once, one per line', () => {
    const found = lines(
      jobInput({ destination: { key: 'x' }, limits: { maxConcurrency: -1 }, colour: 'red' }),
    );
    expect(found).toHaveLength(3);
    for (const line of found) expect(line).not.toContain('\n');
  });

  it.each([null, 7, 'job', []])('refuses %j, which is not an object', input => {
    expect(lines(input)[0]).toContain('is not a job; write an object with the fields');
  });

  it('accepts the destination among the sources: new key material under the same key', () => {
    expect(lines(jobInput({ source: { keys: [NEW_KEY] } }))).toEqual([]);
  });
});

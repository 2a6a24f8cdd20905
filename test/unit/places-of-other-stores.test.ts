import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bucketStore, jobInput, tableStore } from '../support/builders.ts';

const problems = (...stores: readonly object[]): readonly string[] => {
  const result = parseJob(jobInput({ stores }), formats);
  return result.kind === 'refused' ? result.problems.map(({ path, words }) => `${path} ${words}`) : [];
};
const attribute = (format: object, more: Record<string, unknown> = {}): object =>
  tableStore({ format: { type: 'attribute', ...format }, ...more });
const metadata = (format: object, more: Record<string, unknown> = {}): object =>
  bucketStore({ format: { type: 'object-metadata', ...format }, ...more });
const attributeOf = (name: string, attributeName: string): object => ({
  encryptionContext: { [name]: { attribute: attributeName } },
});

/** Each is right by itself. Together one would change what the readers of the other need. */
describe('two stores of a job over the same records', () => {
  it.each<readonly [string, object, object]>([
    ['the data key', { dataKey: 'a', ...attributeOf('x', 'b') }, { dataKey: 'b' }],
    ['the key ARN', { dataKey: 'a', ...attributeOf('arn', 'kid') }, { dataKey: 'b', keyArn: 'kid' }],
    [
      'the key ARN that both name',
      { dataKey: 'a', keyArn: 'kid', ...attributeOf('arn', 'kid') },
      { dataKey: 'b', keyArn: 'kid' },
    ],
    ['the version', { dataKey: 'a', ...attributeOf('v', 'version') }, { dataKey: 'b', version: 'version' }],
    [
      'the new data key',
      { dataKey: 'a', ...attributeOf('x', 'fresh') },
      { dataKey: 'b', writeTo: { dataKey: 'fresh' } },
    ],
    ['what is around it', { dataKey: 'a', ...attributeOf('x', 'm.n') }, { dataKey: 'm[*]' }],
  ])('are refused where a context is made of %s of the other store', (_, one, other) => {
    const found = problems(attribute(one), attribute(other));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('stores[0].format makes contexts of what stores[1] (dynamodb:Orders) changes');
    expect(problems(attribute(other), attribute(one))[0]).toContain('stores[1].format makes contexts');
  });

  it('are refused where one writes something else than a data key to the place of the data key of the other', () => {
    const [found] = problems(
      attribute({ dataKey: 'a', encryptionAlgorithm: 'b' }),
      attribute({ dataKey: 'b' }),
    );
    expect(found).toContain(
      'stores[1].format has its data keys where stores[0] (dynamodb:Orders) writes something else',
    );
  });

  it('are refused in buckets, too', () => {
    const arn = { encryptionContext: { arn: { metadata: 'kid' } } };
    const stores = [metadata({ dataKey: 'a', ...arn }), metadata({ dataKey: 'b', keyArn: 'kid' })];
    expect(problems(...stores)[0]).toContain('stores[0].format makes contexts of what stores[1]');
  });

  it('are refused over a branch key store, whose contexts are made of all attributes', () => {
    const [found] = problems(
      tableStore({ format: { type: 'branch-key-store' } }),
      attribute({ dataKey: 'b' }),
    );
    expect(found).toContain('stores[0].format makes contexts of what stores[1]');
  });

  it.each<readonly [string, object, object]>([
    [
      'contexts are made of other places',
      attribute({ dataKey: 'a', ...attributeOf('x', 'tenant') }),
      attribute({ dataKey: 'b' }),
    ],
    [
      'both only have a label or a version in common',
      attribute({ dataKey: 'a', keyArn: 'kid', version: 'v' }),
      attribute({ dataKey: 'b', keyArn: 'kid', version: 'v' }),
    ],
    [
      'the old data key stays where it is',
      attribute({ dataKey: 'a', ...attributeOf('x', 'b') }),
      attribute({ dataKey: 'b', writeTo: { dataKey: 'fresh' } }),
    ],
    [
      'they are other tables',
      attribute({ dataKey: 'a', ...attributeOf('x', 'b') }),
      attribute({ dataKey: 'b' }, { table: 'Invoices' }),
    ],
    [
      'no object is under both prefixes',
      metadata({ dataKey: 'a', encryptionContext: { x: { metadata: 'b' } } }, { prefix: 'in/' }),
      metadata({ dataKey: 'b' }, { prefix: 'out/' }),
    ],
    [
      'one writes to another table',
      attribute({ dataKey: 'a', ...attributeOf('x', 'b') }),
      attribute({ dataKey: 'b' }, { copyTo: { table: 'Copies', region: 'us-east-1' } }),
    ],
  ])('are fine where %s', (_, one, other) => {
    expect(problems(one, other)).toEqual([]);
  });
});

import fc from 'fast-check';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { ItemRecord } from '../../lambda/core/model/record.ts';
import { credstashFormat } from '../../lambda/formats/credstash/index.ts';
import { fits } from '../../lambda/formats/credstash/name-pattern.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bound } from '../support/bound.ts';
import { jobInput } from '../support/builders.ts';
import { itemOf } from '../support/vector-items.ts';

function secret(name: string, changes: ItemRecord['attributes'] = {}): ItemRecord {
  const key = { S: Buffer.alloc(184, 1).toString('base64') };
  const own = { name: { S: name }, version: { S: '0'.repeat(18) + '1' }, contents: { S: 'YQ==' }, key };
  return itemOf({ ...own, ...changes }, ['name', 'version']);
}

function contextsOf(config: object, record: ItemRecord): unknown {
  const [finding] = bound(credstashFormat, { type: 'credstash', ...config }).read(record);
  return finding?.kind === 'data-key' ? finding.contexts.map(({ source }) => source) : finding?.kind;
}

describe('the format credstash', () => {
  const config = {
    contexts: [
      { name: 'prod.db', encryptionContext: { env: 'db' } },
      { name: 'prod.*', encryptionContext: [{ env: 'prod' }, {}] },
      { name: '*', encryptionContext: { name: { keyAttribute: 'name' } } },
    ],
  };

  it('takes the contexts of the first pattern that fits the name', () => {
    expect(contextsOf(config, secret('prod.db'))).toEqual([{ env: 'db' }]);
    expect(contextsOf(config, secret('prod.web'))).toEqual([{ env: 'prod' }, {}]);
    expect(contextsOf(config, secret('x'))).toEqual([{ name: 'x' }]);
  });

  it('takes the contexts of the table for all other names, and none if there are none', () => {
    expect(contextsOf({}, secret('x'))).toEqual([{}]);
    expect(
      contextsOf(
        { contexts: config.contexts.slice(0, 1), encryptionContext: [{}, { a: 'b' }] },
        secret('prod.x'),
      ),
    ).toEqual([{}, { a: 'b' }]);
  });

  it('is in doubt about contents without a key', () => {
    expect(contextsOf({}, secret('x', { key: { NULL: true } }))).toBe('unreadable');
  });

  it('tells names apart as a regular expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (name, pattern) => {
        const source = pattern.split('*').map(part => part.replaceAll('.', '\\.'));
        expect(fits(name, pattern)).toBe(new RegExp(`^${source.join('.*')}$`).test(name));
      }),
    );
  });

  it.each([
    ['a pattern without a context', { contexts: [{ name: 'a' }] }],
    ['a pattern without a name', { contexts: [{ encryptionContext: {} }] }],
    ['an attribute that is no key', { encryptionContext: { a: { attribute: 'b' } } }],
    ['too many patterns', { contexts: Array(101).fill({ name: 'a', encryptionContext: {} }) }],
  ])('refuses a job with %s', (_, config) => {
    const store = { type: 'dynamodb', table: 'credential-store', format: { type: 'credstash', ...config } };
    expect(parseJob(jobInput({ stores: [store] }), formats).kind).toBe('refused');
  });
});

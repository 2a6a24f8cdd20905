import { ANY } from '../../lambda/core/model/place.ts';
import { placeIn } from '../../lambda/formats/json-document/pointer.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { bucketStore, jobInput, tableStore } from '../support/builders.ts';

describe('a JSON pointer', () => {
  it('is names and indexes, with RFC 6901 escapes and open steps', () => {
    expect(placeIn('/keys/*/a~1b~0c/0')).toEqual(['keys', ANY, 'a/b~c', 0]);
    expect(placeIn('/')).toEqual(['']);
    expect(placeIn('/01')).toEqual(['01']);
  });

  it('may lead through documents within the document', () => {
    expect(placeIn(['/token', { delimited: '.' }, '/1', 'base64url', 'json', '/edk'])).toEqual([
      ...['token', { as: 'delimited', by: '.' }, 1, { as: 'base64url' }, { as: 'json' }, 'edk'],
    ]);
  });

  it.each(['', 'keys', '/a~2', ['keys']])('is not %j', text => expect(placeIn(text)).toBeUndefined());
});

/** What is wrong with a job that has such a store. */
function problemsOf(store: Record<string, unknown>): readonly string[] {
  const parsed = parseJob(jobInput({ stores: [store] }), formats);
  return 'problems' in parsed ? parsed.problems.map(({ path, words }) => `${path} ${words}`) : [];
}
const inTable = (format: object) => tableStore({ format: { type: 'json-document', ...format } });
const inBucket = (format: object) => bucketStore({ format: { type: 'json-document', ...format } });

describe('a job', () => {
  it('names places of its own kind of store', () => {
    expect(problemsOf(inBucket({ in: 'body', dataKey: '/edk' }))).toEqual([]);
    expect(problemsOf(inTable({ in: { attribute: 'e' }, dataKey: '/edk' }))).toEqual([]);
    expect(problemsOf(inTable({ in: 'body', dataKey: '/edk' })).join()).toContain('names places of objects');
    expect(problemsOf(inBucket({ in: { attribute: 'e' }, dataKey: '/edk' })).join()).toContain(
      'names places of items',
    );
  });

  it('is refused if what a run writes could not be part of a delimited text', () => {
    const delimitedBy = (delimited: string, more = {}): readonly string[] =>
      problemsOf(
        inTable({
          in: { attribute: 'e' },
          opens: [{ delimited }],
          dataKey: '/1',
          encoding: 'base64',
          ...more,
        }),
      );
    expect(delimitedBy('.')).toEqual([]);
    expect(delimitedBy('-', { encoding: 'hex' })).toEqual([]);
    expect(delimitedBy('+').join()).toContain('read as two parts');
    expect(delimitedBy(':', { keyArn: '/2' }).join()).toContain('read as two parts');
  });

  it('is refused if another value has more open steps than the data key', () => {
    const open = { in: 'body', dataKey: '/keys/0/edk', keyArn: '/keys/*/kid' };
    expect(problemsOf(inBucket(open)).join()).toContain('more open steps');
    const context = { in: 'body', dataKey: '/*/edk', encryptionContext: { x: { wildcard: 2 } } };
    expect(problemsOf(inBucket(context)).join()).toContain('is not the number of an open step');
  });
});

import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bucketStore, jobInput, NEW_KEY, OLD_KEY, tableStore } from '../support/builders.ts';

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
      'schedule.expression = "every friday": is no EventBridge Scheduler expression',
    ],
    [
      'keys of two Regions on the direct route',
      jobInput({ source: { keys: [OLD_KEY.replace('us-east-1', 'eu-west-1')] }, route: { type: 'direct' } }),
      'is in us-east-1 and the source keys are in eu-west-1, but the route direct is one ReEncrypt call within a Region',
    ],
    [
      'one table named twice',
      jobInput({ stores: [tableStore(), tableStore()] }),
      'stores[1] = "dynamodb:Orders": is the same store as stores[0]',
    ],
    [
      'two prefixes of which one holds the other',
      jobInput({ stores: [bucketStore({ prefix: '2026/' }), bucketStore({ prefix: '2026/01/' })] }),
      'stores[1] = "s3:documents/2026/01/": is the same store as stores[0] (s3:documents/2026/)',
    ],
  ])('refuses %s', (_, input, words) => {
    const found = lines(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });

  it('takes two data keys of one table as two stores', () => {
    const other = tableStore({ format: { type: 'attribute', dataKey: 'otherEdk' } });
    expect(lines(jobInput({ stores: [tableStore(), other] }))).toEqual([]);
  });

  it('names every problem at once, a line each', () => {
    const found = lines(
      jobInput({ destination: { key: 'x' }, limits: { maxConcurrency: -1 }, colour: 'red' }),
    );
    expect(found).toHaveLength(3);
    for (const line of found) expect(line).not.toContain('\n');
  });

  it.each([null, 7, 'job', []])('refuses %j, which is no object', input => {
    expect(lines(input)[0]).toContain('is not a job; write an object with the fields');
  });

  it('accepts the destination among the sources: new key material under the same key', () => {
    expect(lines(jobInput({ source: { keys: [NEW_KEY] } }))).toEqual([]);
  });
});

import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { AttributeMap, StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { nearestPrefix } from '../../lambda/core/stores/s3/nearest-prefix.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, jobInput, object, OLD_KEY, tableStore } from '../support/builders.ts';
import { key, keys, planOf, refusal, stores } from '../support/plan-ports.ts';

/** Bytes that look like a ciphertext of KMS. */
const edk = (): Buffer => Buffer.concat([Buffer.from('0102020078', 'hex'), randomBytes(179)]);
const items = (count: number, of: (index: number) => AttributeMap): readonly StoreRecord[] =>
  Array.from({ length: count }, (_, index) => item(`i${index}`, of(index)));

type Page = (prefix: string | undefined) => readonly StoreRecord[];

const showing = (page: readonly StoreRecord[] | Page, more = false): RecordStore => ({
  readPage: range =>
    Promise.resolve({
      records:
        typeof page === 'function' ? page(range.type === 'key-range' ? range.prefix : undefined) : page,
      ...(more && { cursor: 'x' }),
    }),
  find: () => Promise.resolve([]),
  reread: () => Promise.resolve(undefined),
  takes: () => true,
  write: () => Promise.resolve({ kind: 'precondition-failed' }),
});

function parsed(input: object): Job {
  const result = parseJob(input, formats);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.job;
}
const of = (store: object): Job => parsed(jobInput({ stores: [store] }));
const table = (format: object, changes: object = {}): Job =>
  of(tableStore({ format: { type: 'attribute', dataKey: 'edk', ...format }, ...changes }));
const bucket = (changes: object = {}, format: object = {}): Job =>
  of({
    ...{ type: 's3', bucket: 'documents', format: { type: 'object-metadata', dataKey: 'edk', ...format } },
    ...changes,
  });
const warned = async (job: Job, records: RecordStore): Promise<string> =>
  (await planOf({ records }, { jobs: [job] })).warnings.join('\n');
const refused = (job: Job, records: RecordStore): Promise<string> => refusal({ records }, { jobs: [job] });

describe('Plan refuses only what does not fit', () => {
  it('accepts data keys whose context cannot be built, and gives the reason', async () => {
    const job = table({ encryptionContext: { tenant: { attribute: 'tenant' } } });
    const records = showing(items(3, () => ({ edk: { B: edk() } })));
    expect(await warned(job, records)).toContain(
      '3 of 3 items have a data key that a run would leave, or something else at its place (encryption context',
    );
  });

  it('refuses a store if what is beside every data key differs from what the job says, with the reason', async () => {
    const records = showing(items(3, () => ({ edk: { B: edk() }, kid: { M: {} } })));
    expect(await refused(table({ keyArn: 'kid' }), records)).toContain('attribute kid is of type M');
  });

  it('accepts objects that S3 does not show', async () => {
    const hidden = object('a', {}, { hidden: 's3:HeadObject: 400', blocked: 's3:HeadObject: 400' });
    expect(await warned(bucket(), showing([hidden]))).toContain('s3:HeadObject: 400');
  });

  it('continues if the place exists and is empty', async () => {
    const records = showing([item('1', { edk: { NULL: true } }), item('2', { edk: { S: '' } })]);
    expect(await warned(table({}), records)).toContain('none of the 2 items has a data key at edk');
  });

  it('continues if the job expects records without a data key', async () => {
    const job = bucket({ withoutDataKey: 'expected' });
    expect(await warned(job, showing([object('a', {})]))).toContain('none of the 1 objects has a data key');
  });

  it('has not seen a store completely if it reads one prefix of two, or one segment', async () => {
    const prefixed = bucket({ prefix: '', scope: { prefixes: ['a/', 'b/'] } });
    const objects = showing(prefix => (prefix === 'a/' ? [object('a/1', {})] : []));
    expect(await warned(prefixed, objects)).toContain('the run looks through the rest');
    const segments = table({}, { scope: { segments: { total: 8, only: [1, 2] } } });
    const records = showing(items(2, () => ({ name: { S: 'x' } })));
    expect(await warned(segments, records)).toContain('the run looks through the rest');
  });

  it('suggests no place that the job ignores, and none that another of its stores declares', async () => {
    const [first, second] = [table({}, { ignore: ['old'] }), table({ dataKey: 'second' })];
    const records = showing(items(2, () => ({ old: { B: edk() }, second: { B: edk() } })));
    const both = { ...first, stores: [...first.stores, ...second.stores] };
    expect(await refused(both, records)).toContain('and nothing else in them looks like one');
  });

  it('suggests the encoding for what RSA keys have encrypted, too', async () => {
    const source = { keys: [{ key: OLD_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }] };
    const job = parsed(
      jobInput({ source, stores: [tableStore({ format: { type: 'attribute', dataKey: 'edk' } })] }),
    );
    const catalog = keys({
      describeKey: arn =>
        Promise.resolve(
          arn === OLD_KEY
            ? key(arn, { spec: 'RSA_2048', encryptionAlgorithms: ['RSAES_OAEP_SHA_256'] })
            : key(arn),
        ),
    });
    const records = showing(items(2, () => ({ edk: { S: randomBytes(256).toString('base64') } })));
    expect(await refusal({ records, keys: catalog }, { jobs: [job] })).toContain(
      'write "encoding": "base64"',
    );
  });
});

describe('what Plan suggests', () => {
  it.each([
    ['envelope.datakey', { envelope: { M: { dataKey: { B: edk() } } } }, '"dataKey": "envelope.dataKey"'],
    ['edk', { 'e.dk': { B: edk() } }, '"dataKey": ["e.dk"]'],
    ['keys[0].edk', { keys: { L: [{ M: { key: { B: edk() } } }] } }, '"dataKey": "keys[0].key"'],
  ])('for %s is what the job has to say', async (dataKey, attributes, fields) => {
    const records = showing(items(2, () => attributes));
    expect(await refused(table({ dataKey }), records)).toContain(`: write ${fields}, "encoding": "binary"`);
  });

  it('is the metadata entry of an object, and only what a format can read', async () => {
    const tagged = object(
      'a',
      { note: `was ${edk().toString('base64')}` },
      { tags: { edk: edk().toString('base64') } },
    );
    expect(await refused(bucket(), showing([tagged]))).toContain('which no format of this version reads');
    const named = object('a', { 'x-edk': edk().toString('base64') });
    expect(await refused(bucket(), showing([tagged, named]))).toContain(
      '1 objects have x-edk, base64: write "dataKey": "x-edk", "encoding": "base64"',
    );
  });

  it('is the nearest name if nothing looks like a ciphertext', async () => {
    const records = showing(items(3, () => ({ envelope: { M: { dataKey: { S: 'opaque' } } } })));
    expect(await refused(table({ dataKey: 'envelope.datakey' }), records)).toContain(
      'the nearest name in them is envelope.dataKey',
    );
  });

  it('is never an attribute of the primary key as the version of an item', async () => {
    const versioned = { ...item('1', { edk: { B: edk() } }), key: { id: { S: '1' }, version: { N: '3' } } };
    const records = showing([{ ...versioned, attributes: { ...versioned.attributes, ...versioned.key } }]);
    expect(await warned(table({}), records)).not.toContain('version');
  });

  it.each([
    ['/2026/', '2026/'],
    ['Docs/2025/', 'docs/2025/'],
    ['docs//2025/', 'docs/2025/'],
    ['ordres/', 'orders/'],
  ])('for the prefix %s is %s', async (prefix, nearest) => {
    expect(
      await refusal(inBucket(['2026/a', 'docs/2025/a', 'orders/1']), { jobs: [bucket({ prefix })] }),
    ).toContain(`there are some under ${nearest}; write that prefix`);
  });

  it.each(['2027/', 'docs/2024/', 'photos/'])('is no other prefix for %s, which is no typo', async prefix => {
    const given = inBucket(['2026/a', 'docs/2025/a', 'orders/1']);
    expect((await planOf(given, { jobs: [bucket({ prefix })] })).warnings.join()).toContain(
      `there is no object under the prefix ${prefix}`,
    );
  });

  it('finds a prefix among more keys than one listing holds', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => `archive/${index}`);
    const given = inBucket([...many, 'orders/1']);
    expect(await refusal(given, { jobs: [bucket({ prefix: 'order/' })] })).toContain('under orders/');
  });
});

describe('the nearest prefix', () => {
  it('has objects under it, whatever the bucket holds, and is found in few listings', async () => {
    const name = fc.stringMatching(/^[a-cA-C1-3/]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 20 }), name, async (all, prefix) => {
        let listings = 0;
        const { stores: catalog } = inBucket(all);
        const nearest = await nearestPrefix(prefix, below => {
          listings++;
          return catalog.s3.listBelow({ region: '', bucket: '', prefix: below });
        });
        expect(nearest === undefined || all.some(one => one.startsWith(nearest))).toBe(true);
        expect(listings).toBeLessThanOrEqual(8);
      }),
    );
  });

  it('is looked for only as far as the role may list', async () => {
    const below = (prefix: string) => Promise.resolve(prefix === '' ? ['docs/'] : undefined);
    expect(await nearestPrefix('Docs/2025/', below)).toBe('docs/');
    expect(await nearestPrefix('docs/2025/', below)).toBeUndefined();
    expect(await nearestPrefix('docs/', () => Promise.resolve(undefined))).toBeUndefined();
  });
});

/** A bucket with objects, but none under the prefix of the job. */
function inBucket(all: readonly string[]) {
  return {
    records: showing([]),
    stores: stores({
      listKeys: ({ prefix, startAfter = '' }) => {
        const found = all.filter(one => one.startsWith(prefix) && one > startAfter).sort();
        return Promise.resolve({ keys: found.slice(0, 1_000), truncated: found.length > 1_000 });
      },
      listBelow: ({ prefix }) => {
        const below = all
          .filter(one => one.startsWith(prefix))
          .map(one => {
            const end = one.indexOf('/', prefix.length);
            return end === -1 ? one : one.slice(0, end + 1);
          });
        return Promise.resolve([...new Set(below)]);
      },
    }),
  };
}

describe('a plan', () => {
  it('holds few places, however many there are', async () => {
    const records = showing(
      items(500, index => ({ edk: { B: edk() }, by: { M: { [`tenant-${index}`]: { B: edk() } } } })),
    );
    const { looked } = await planOf({ records }, { jobs: [table({})] });
    expect(JSON.stringify(looked).length).toBeLessThan(4_000);
  });

  it('shows no bytes of a ciphertext, wherever they are', async () => {
    const shapes = [
      (text: string): AttributeMap => ({ [text]: { S: 'x' } }),
      (text: string): AttributeMap => ({ map: { M: { [text]: { B: edk() } } } }),
      (text: string): AttributeMap => ({ note: { S: text } }),
      (text: string): AttributeMap => ({ edk: { S: `v1.${text}` } }),
      (text: string): AttributeMap => ({ edk: { B: edk() }, map: { M: { [text]: { B: edk() } } } }),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('base64' as const, 'base64url' as const, 'hex' as const),
        fc.constantFrom(...shapes),
        async (encoding, shape) => {
          const text = edk().toString(encoding);
          const said = await planOf(
            { records: showing(items(2, () => shape(text))) },
            { jobs: [table({})] },
          ).then(
            ({ looked, warnings }) => JSON.stringify([looked, warnings]),
            (error: unknown) => String(error),
          );
          expect(said).not.toContain(text.slice(8, 40));
        },
      ),
    );
  });
});

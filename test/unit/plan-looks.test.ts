import type { AttributeMap, StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { FOREIGN_KEY, item, jobInput, NEW_KEY, object, OLD_KEY, tableStore } from '../support/builders.ts';
import { planOf, refusal, stores, table, type Given } from '../support/plan-ports.ts';

const EDK = Buffer.concat([Buffer.from('0102020078', 'hex'), Buffer.alloc(179, 7)]);
const BASE64 = EDK.toString('base64');

const showing = (records: readonly StoreRecord[], more = false): RecordStore => ({
  readPage: () => Promise.resolve({ records, ...(more && { cursor: 'x' }) }),
  find: () => Promise.resolve([]),
  reread: () => Promise.resolve(undefined),
  takes: () => true,
  write: () => Promise.resolve({ kind: 'precondition-failed' }),
});
const items = (count: number, attributes: AttributeMap): readonly StoreRecord[] =>
  Array.from({ length: count }, (_, index) => item(`i${index}`, attributes));
const parsed = (store: object): Job => {
  const result = parseJob(jobInput({ stores: [store] }), formats);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.problems));
  return result.job;
};
const attribute = (changes: object): Job => parsed(tableStore({ format: { type: 'attribute', ...changes } }));
const bucket = (changes: object, format: object = { dataKey: 'edk' }): Job =>
  parsed({ type: 's3', bucket: 'documents', format: { type: 'object-metadata', ...format }, ...changes });
const refused = (job: Job, given: Given): Promise<string> => refusal(given, { jobs: [job] });
const warned = async (job: Job, given: Given): Promise<string> =>
  (await planOf(given, { jobs: [job] })).warnings.join('\n');

describe('Plan looks at the first records of a store', () => {
  it('and says how many have a data key where the job looks, and which keys they name', async () => {
    const records = [
      ...items(3, { edk: { B: EDK }, kid: { S: OLD_KEY } }),
      ...items(1, { edk: { N: '1' } }),
      ...items(2, {}),
    ];
    const { looked } = await planOf(
      { records: showing(records) },
      { jobs: [attribute({ dataKey: 'edk', keyArn: 'kid' })] },
    );
    expect(looked).toMatchObject([
      {
        ...{ records: 6, more: false, withDataKey: 3, withoutDataKey: 2, unreadable: 1 },
        recordedKeys: [{ key: OLD_KEY, records: 3, known: true }],
      },
    ]);
  });

  it('and knows a multi-Region key of the job by the names of its replicas: they open the same data keys', async () => {
    const source = OLD_KEY.replace(/key\/.*/, 'key/mrk-0123456789abcdef0123456789abcdef');
    const replica = source.replace('us-east-1', 'eu-west-1');
    const records = showing(items(3, { edk: { B: EDK }, kid: { S: replica } }));
    const named = parseJob(
      jobInput({
        source: { keys: [source] },
        stores: [tableStore({ format: { type: 'attribute', dataKey: 'edk', keyArn: 'kid' } })],
      }),
      formats,
    );
    if (named.kind === 'refused') throw new Error(JSON.stringify(named.problems));
    expect(await warned(named.job, { records })).not.toContain("none of the job's keys");
  });

  it('and refuses a misspelt path, and names the place that exists', async () => {
    const records = showing(items(50, { envelope: { M: { dataKey: { S: BASE64 } } } }), true);
    expect(await refused(attribute({ dataKey: 'envelope.datakey' }), { records })).toContain(
      'no item of the first 50 has a data key at envelope.datakey in the form that the job names; 50 items have envelope.dataKey, base64: write "dataKey": "envelope.dataKey", "encoding": "base64"',
    );
  });

  it.each([
    ['base64', { S: BASE64 }],
    ['hex', { S: EDK.toString('hex') }],
    ['base64url-unpadded', { S: Buffer.from(EDK).fill(0xfb, 10).toString('base64url') }],
    ['base64-in-binary', { B: Buffer.from(BASE64) }],
  ] as const)('and refuses another encoding than %s, and names that one', async (encoding, edk) => {
    const wrong = encoding === 'hex' ? 'base64' : 'hex';
    const records = showing(items(20, { edk }));
    expect(await refused(attribute({ dataKey: 'edk', encoding: wrong }), { records })).toContain(
      `write "encoding": "${encoding}"`,
    );
  });

  it('and refuses a form that no encoding reads', async () => {
    const records = showing(items(5, { edk: { L: [...EDK].map(one => ({ N: String(one) })) } }));
    expect(await refused(attribute({ dataKey: 'edk' }), { records })).toContain(
      'as number-list, which no encoding reads',
    );
  });

  it('and refuses a store that it has seen completely if nothing in it fits', async () => {
    const records = showing(items(5, { name: { S: 'x' } }));
    expect(await refused(attribute({ dataKey: 'edk' }), { records })).toContain(
      'none of the 5 items has a data key at edk in the form that the job names, and nothing else in them looks like one',
    );
  });

  it('and leaves it to the run to find out if there is more to see', async () => {
    const records = showing(items(5, { name: { S: 'x' } }), true);
    expect(await warned(attribute({ dataKey: 'edk' }), { records })).toContain(
      'the run looks through the rest',
    );
  });

  it('and refuses a misspelt metadata name', async () => {
    const records = showing([object('a', { 'data-key': BASE64 })]);
    expect(await refused(bucket({}, { dataKey: 'datakey' }), { records })).toContain(
      '1 objects have data-key, base64',
    );
  });

  it('and refuses a mistyped prefix, and warns of one with nothing under it', async () => {
    const given = {
      records: showing([]),
      stores: stores({ listBelow: () => Promise.resolve(['2026/']) }),
    };
    expect(await refused(bucket({ prefix: '/2026/' }), given)).toContain(
      'there are some under 2026/; write that prefix',
    );
    expect(await warned(bucket({ prefix: 'archive/' }), given)).toContain(
      'there is no object under the prefix archive/ (the bucket has 2026/)',
    );
  });

  it('and says of an empty store that it is empty', async () => {
    expect(await warned(attribute({ dataKey: 'edk' }), { records: showing([]) })).toContain(
      'there is no record in it',
    );
  });

  it('and warns of data keys elsewhere, of other keys, of the name of a source key, and of versions', async () => {
    const records = showing([
      ...items(4, {
        edk: { B: EDK },
        kid: { S: FOREIGN_KEY },
        old: { B: EDK },
        by: { S: OLD_KEY },
        version: { N: '3' },
      }),
    ]);
    const words = await warned(attribute({ dataKey: 'edk', keyArn: 'kid' }), { records });
    for (const part of [
      `4 of 4 records name ${FOREIGN_KEY}, which is none of the job's keys`,
      '4 of 4 items have something at old that looks like a data key (binary)',
      '4 of 4 items name a source key at by',
      'items have the number version',
    ])
      expect(words).toContain(part);
    const answered = attribute({ dataKey: 'edk', keyArn: 'kid', version: 'version' });
    expect(await warned(answered, { records })).not.toContain('items have the number version');
  });

  it('and refuses a part of the primary key as a place', async () => {
    const given = {
      stores: stores({
        describeTable: () =>
          Promise.resolve({ kind: 'found', description: table({ keyNames: ['id', 'kid'] }) }),
      }),
    };
    expect(await refused(attribute({ dataKey: 'edk', keyArn: 'kid' }), given)).toContain(
      "names kid as a place that a run changes, but that is part of the table's primary key",
    );
  });
});

describe('a mode that needs no source key', () => {
  const disabled = (arn: string) =>
    Promise.resolve({
      kind: 'found' as const,
      key: {
        ...{
          arn,
          state: arn === OLD_KEY ? 'Disabled' : 'Enabled',
          usage: 'ENCRYPT_DECRYPT',
          spec: 'SYMMETRIC_DEFAULT',
        },
        ...{ multiRegion: false, encryptionAlgorithms: ['SYMMETRIC_DEFAULT'] },
      },
    });
  const without = (changes: object): Given => ({
    keys: {
      describeKey: disabled,
      mayReEncrypt: ({ keyArn }) =>
        Promise.resolve(keyArn === OLD_KEY ? { kind: 'denied', message: 'disabled' } : { kind: 'allowed' }),
      keyMaterials: () => Promise.resolve([]),
      ...changes,
    },
  });

  it.each(['verify', 'census'] as const)(
    '(%s) runs while the source key is disabled, and says so',
    async mode => {
      const plan = await planOf(without({}), { input: { job: 'orders', mode } });
      expect(plan.sources).toMatchObject([{ keyArn: OLD_KEY, unusable: 'is disabled' }]);
      expect(plan.destination.keyArn).toBe(NEW_KEY);
      expect(plan.warnings.join()).toContain(
        `the source key ${OLD_KEY} is disabled; this run does without it`,
      );
    },
  );

  it('runs when the source key is gone', async () => {
    const gone = without({
      describeKey: (arn: string) =>
        arn === OLD_KEY ? Promise.resolve({ kind: 'not-found' }) : disabled(arn),
    });
    const plan = await planOf(gone, { input: { job: 'orders', mode: 'verify' } });
    expect(plan.sources[0]?.unusable).toContain('is no key that KMS knows');
  });

  it('is not a migration, which is refused', async () => {
    expect(await refusal(without({}))).toContain('is disabled; enable it for the duration of the run');
  });
});

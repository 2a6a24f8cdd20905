import { readdirSync, readFileSync } from 'node:fs';
import { jobDigest } from '../../lambda/core/job/job-digest.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import type { AttributeMap, StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { openQuestions, questionsOf } from '../../lambda/core/recognise/questions.ts';
import { bindFormat, configureFormat } from '../../lambda/core/job/bind-format.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { NEW_DESTINATION } from '../support/bound.ts';
import { item, jobInput, object, OLD_KEY, tableStore } from '../support/builders.ts';
import { planOf, refusal, type Given } from '../support/plan-ports.ts';
import { vectorStore } from '../support/vector-records.ts';

const EDK = Buffer.concat([Buffer.from('0102020078', 'hex'), Buffer.alloc(179, 7)]);
const B = { B: EDK };
const BASE64 = { S: EDK.toString('base64') };

const showing = (records: readonly StoreRecord[]): RecordStore => ({
  readPage: () => Promise.resolve({ records }),
  find: () => Promise.resolve([]),
  reread: () => Promise.resolve(undefined),
  takes: () => true,
  write: () => Promise.resolve({ kind: 'precondition-failed' }),
});
const items = (...all: readonly AttributeMap[]): Given => ({
  records: showing(all.map((attributes, index) => item(`i${index}`, attributes))),
});
const parsed = (...stores: readonly object[]): Job => {
  const result = parseJob(jobInput({ stores }), formats);
  if (result.kind === 'refused') throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.job;
};
const auto = (fields: object = { encryptionContext: {} }): object =>
  tableStore({ format: { type: 'auto', ...fields } });
const bucket = { type: 's3', bucket: 'documents', format: { type: 'auto', encryptionContext: {} } };

describe('a store with the format auto', () => {
  it('has the one format that its records show, in everything that Plan leaves', async () => {
    const job = parsed(auto({ encryptionContext: { tenant: { attribute: 'tenant' } } }));
    const record = { edk: B, arn: { S: OLD_KEY }, tenant: { S: 't' } };
    const plan = await planOf(items(record, record, { note: { S: 'x' } }), { jobs: [job] });
    expect(plan.stores).toEqual([
      {
        ...job.stores[0],
        format: {
          ...{ type: 'attribute', dataKey: 'edk', encoding: 'binary', keyArn: 'arn' },
          encryptionContext: { tenant: { attribute: 'tenant' } },
        },
      },
    ]);
    expect(plan.slots).toEqual(['edk']);
    expect(plan.looked).toMatchObject([{ withDataKey: 2, withoutDataKey: 1 }]);
    expect(plan.jobDigest).toBe(jobDigest(job));
  });

  it('is told of what was found, and how much of each', async () => {
    const [message] = vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-objects').records;
    const given = items({ edk: B }, { edk: B }, { sent: { B: message?.body ?? EDK } }, { note: { S: 'x' } });
    const { warnings } = await planOf(given, { jobs: [parsed(auto())] });
    // Eight segments show the same four records.
    expect(warnings.find(words => words.includes('format auto'))).toMatch(
      /format auto: attribute at edk, 16 data keys in 16 of 32 records looked at; also: esdk-message in 8, which cannot be re-wrapped, nothing in 8$/,
    );
  });

  it('may be a bucket, whose bodies are looked at', async () => {
    const records = [object('a', {}, { body: { B: Buffer.from(JSON.stringify({ edk: BASE64.S })) } })];
    const { stores } = await planOf({ records: showing(records) }, { jobs: [parsed(bucket)] });
    expect(stores[0]?.format).toMatchObject({ type: 'json-document', in: 'body', dataKey: '/edk' });
  });

  it('may be a bucket of instruction files, which are named, and nothing is asserted about it', async () => {
    const { records } = vectorStore('s3ec_java_v3-3.5.0', 's3ec-java-v3');
    const shown = records.map(({ record, body }) =>
      body === undefined ? record : { ...record, body: { B: Buffer.from(body) } },
    ) as readonly StoreRecord[];
    const { stores, warnings } = await planOf(
      { records: showing(shown) },
      { jobs: [parsed({ ...bucket, format: { type: 'auto' } })] },
    );
    expect(stores[0]?.format.type).toBe('s3-encryption-client');
    expect(stores[0]).not.toHaveProperty('withoutDataKey');
    const said = warnings.join('\n');
    expect(said).toMatch(/format auto: s3-encryption-client .*, \d+ of them instruction files/);
    expect(said).toMatch(/no data key where the job looks: nothing is proven .*"withoutDataKey": "expected"/);
  });

  it('is never a format with guards, for which its roles have no permission: data leaves too much open', async () => {
    const examples = readdirSync('examples/jobs/formats').map(
      name => JSON.parse(readFileSync(`examples/jobs/formats/${name}`, 'utf8')) as object,
    );
    const all = examples.flatMap(example => {
      const result = parseJob(example, formats);
      return result.kind === 'job' ? result.job.stores : [];
    });
    expect(new Set(all.map(({ format }) => format.type))).toEqual(
      new Set([...formats.keys()].filter(name => name !== 'auto')),
    );
    const guarded = all.filter(store => configureFormat(store, formats).guards !== undefined);
    expect(guarded.map(({ format }) => format.type)).toContain('branch-key-store');
    for (const { format } of guarded)
      expect([format.type, openQuestions(questionsOf(format.type), true)]).not.toEqual([format.type, []]);

    const { records } = vectorStore('branchkeys_node-5.0.2', 'branch-keys-node');
    const given = { records: showing(records.map(({ record }) => record)) };
    const refused = await refusal(given, { jobs: [parsed(auto({}))] });
    expect(refused).toMatch(/has the format branch-key-store\. Data does not tell the logical name/);
  });

  it.each<[string, Given, object, RegExp]>([
    ['show nothing', items({ note: { S: 'x' } }), auto(), /format\.type = "auto": .*no data key.*nothing in/],
    [
      'show two formats',
      items({ edk: B, backup: BASE64 }),
      auto(),
      /one store for each: \{"type":"attribute","dataKey":"edk".*, and \{.*"backup"/,
    ],
    [
      'can be read in two ways',
      items({ edk: B }, { edk: BASE64 }),
      auto(),
      /more than one way: edk is (binary, or base64|base64, or binary)/,
    ],
    [
      'do not tell the context, and neither does the job',
      items({ edk: B }),
      auto({}),
      /does not tell which encryption context.*write the format yourself: \{"type":"attribute","dataKey":"edk"/,
    ],
    [
      'may tell the context, and the job does not confirm it',
      items({ edk: B, encryptionContext: { M: { tenant: { S: 't' } } } }),
      auto({}),
      /whether the encryption context is what encryptionContext holds; write the format yourself: .*"tenant"/,
    ],
    [
      'name two keys beside one data key',
      items({ edk: B, oldArn: { S: OLD_KEY }, newArn: { S: OLD_KEY } }),
      auto(),
      /which value beside it names its key/,
    ],
    [
      'have a format that does not take the context',
      items({ edk: B }),
      auto({ encryptionContext: { tenant: { pointer: '/tenant' } } }),
      /the store has the format attribute: encryptionContext/,
    ],
    [
      'have the name of a key where no item can get another',
      {
        records: showing([{ ...item('1', { edk: B }), key: {}, attributes: { edk: B, id: { S: OLD_KEY } } }]),
      },
      auto(),
      /names id as a place that a run changes/,
    ],
  ])('is refused if its records %s', async (_name, given, store, words) => {
    await expect(refusal(given, { jobs: [parsed(store)] })).resolves.toMatch(words);
  });

  it('is refused if another store of the job has the data keys that are found', async () => {
    const job = parsed(auto(), tableStore({ format: { type: 'attribute', dataKey: 'edk' } }));
    expect(await refusal(items({ edk: B }), { jobs: [job] })).toMatch(
      /stores\[1\].*has the data keys of stores\[0\]/,
    );
  });

  it('is refused twice over one table before anything is read', () => {
    expect(() => parsed(auto(), auto())).toThrow(/has the data keys of stores\[0\]/);
  });

  it('takes a context only in forms that some format has', () => {
    expect(() => parsed(auto({ encryptionContext: { tenant: { pointers: '/x' } } }))).toThrow(
      /encryptionContext/,
    );
    expect(() => parsed(auto({ dataKey: 'edk' }))).toThrow(/dataKey/);
  });

  it('is rolled back with the format that its run has found, whatever its records show by then', async () => {
    const jobs = [parsed(auto())];
    const original = await planOf(items({ edk: B }), { jobs });
    const pastRuns = {
      plan: () => Promise.resolve(original),
      units: () => Promise.resolve([]),
      report: () => Promise.resolve(undefined),
      fence: (_run: string, now: number) => Promise.resolve({ succeeded: true, fencedAt: now }),
      lastPageAt: () => Promise.resolve(undefined),
    };
    const input = { job: 'orders', mode: 'rollback', run: original.runId };
    const back = await planOf({ pastRuns, ...items({ other: BASE64 }) }, { jobs, input });
    expect(back.stores).toEqual(original.stores);
    expect(back.stores[0]?.format).toMatchObject({ type: 'attribute', dataKey: 'edk' });
  });

  it('never reaches whoever reads records', () => {
    const [store] = parsed(auto()).stores;
    expect(() => bindFormat(store!, formats, NEW_DESTINATION)).toThrow(PremiseBroken);
  });
});

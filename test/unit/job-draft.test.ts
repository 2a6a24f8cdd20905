import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import type { AttributeMap } from '../../lambda/core/model/record.ts';
import { draftJob, type JobDraft } from '../../lambda/core/recognise/job-draft.ts';
import { recogniseStore, type RecordToRecognise } from '../../lambda/core/recognise/recognise-store.ts';
import { withoutCiphertextsIn } from '../../lambda/core/look-alikes/without-ciphertexts.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { vectorStore } from '../support/vector-records.ts';

const VECTORS = join(__dirname, '../vectors');
const EDK = Buffer.concat([Buffer.from('01020200788e', 'hex'), Buffer.alloc(160, 7)]);
const WEST_KEY = OLD_KEY.replace('us-east-1', 'us-west-2');

const ofRecords = (records: readonly RecordToRecognise[], fields: Readonly<Record<string, string>>) =>
  draftJob(recogniseStore(records), { fields, name: 'My_Table', region: 'us-east-1' });
const ofItems = (items: readonly AttributeMap[]): JobDraft | undefined =>
  ofRecords(
    items.map((attributes, index) => ({ record: item(`${index}`, attributes) })),
    { type: 'dynamodb', table: 'My_Table' },
  );
const itemOf = (...arns: readonly string[]): AttributeMap => ({
  edk: { B: EDK },
  ...Object.fromEntries(arns.map((arn, index) => [`arn${index}`, { S: arn }] as const)),
});

/** What an operator writes where the draft asks for it. */
const filledIn = ({ job }: JobDraft): unknown => ({
  ...job,
  source: { keys: job.source.keys.map(key => (key.startsWith('arn:') ? key : OLD_KEY)) },
  destination: { key: NEW_KEY },
});
const problemsOf = (job: unknown): readonly string[] => {
  const parsed = parseJob(job, formats);
  return parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem);
};

/** All stores that real clients have written, as far as a format of this version reads them. */
const drafts = readdirSync(VECTORS)
  .filter(name => name.endsWith('.json'))
  .flatMap(name => {
    const { tables = {}, buckets = {} } = JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as {
      readonly tables?: object;
      readonly buckets?: object;
    };
    const [file] = name.split(/\.json$/);
    return [
      ...Object.keys(tables).map(store => ({
        file: file ?? '',
        store,
        fields: { type: 'dynamodb', table: store },
      })),
      ...Object.keys(buckets).map(store => ({
        file: file ?? '',
        store,
        fields: { type: 's3', bucket: store },
      })),
    ];
  })
  .flatMap(({ file, store, fields }) => {
    const draft = ofRecords(vectorStore(file, store).records, fields);
    return draft === undefined ? [] : [{ file, store, draft }];
  });
const typesOf = ({ job }: JobDraft): readonly string[] =>
  job.stores.map(store => String((store['format'] as { type?: unknown }).type));

describe('a draft of a job', () => {
  it('comes of the stores of every client that has a format', () => {
    expect(new Set(drafts.flatMap(({ draft }) => typesOf(draft)))).toEqual(
      new Set([
        ...['credstash', 'confidant', 'branch-key-store', 'dynamodb-encryption-client'],
        ...['s3-encryption-client', 'sops'],
      ]),
    );
  });

  it('is a valid job once it is filled in', () => {
    const known = drafts.filter(({ draft }) => typesOf(draft).every(type => formats.has(type)));
    for (const { file, store, draft } of known)
      expect([file, store, problemsOf(filledIn(draft))]).toEqual([file, store, []]);
    const generic = ofItems([itemOf(OLD_KEY)]);
    expect(problemsOf(generic && filledIn(generic))).toEqual([]);
  });

  it('says where it is to be filled in, and is refused until then', () => {
    expect(problemsOf(ofItems([itemOf()])?.job)).toEqual([
      expect.stringMatching(/^source\.keys\[0\] = "FILL IN: .*write arn:aws:kms/),
      expect.stringMatching(/^destination\.key = "FILL IN: .*write arn:aws:kms/),
    ]);
  });

  it('has the keys that stand beside data keys, and the store with its format', () => {
    expect(ofItems([itemOf(OLD_KEY)])?.job).toEqual({
      name: 'rewrap-my-table',
      source: { keys: [OLD_KEY] },
      destination: { key: expect.stringMatching(/^FILL IN/) },
      stores: [
        {
          ...{ type: 'dynamodb', table: 'My_Table' },
          format: { type: 'attribute', dataKey: 'edk', encoding: 'binary', keyArn: 'arn0' },
        },
      ],
    });
  });

  it.each([
    { region: 'of the store', arns: [WEST_KEY, WEST_KEY, OLD_KEY], keys: [OLD_KEY], store: {}, elsewhere: 1 },
    {
      ...{ region: 'of the keys, if it has none', arns: [WEST_KEY], keys: [WEST_KEY] },
      ...{ store: { region: 'us-east-1' }, elsewhere: 0 },
    },
  ])('has keys of one Region only: that $region', ({ arns, keys, store, elsewhere }) => {
    const draft = ofItems(arns.map(arn => itemOf(arn)));
    expect(draft?.job.source.keys).toEqual(keys);
    expect(draft?.job.stores[0]).toMatchObject(store);
    expect(draft?.questions.filter(words => words.includes('another Region'))).toHaveLength(elsewhere);
  });

  it('names each question by the store that it is about', () => {
    const draft = ofItems([{ edk: { B: EDK }, backup: { S: EDK.toString('base64') } }]);
    expect(draft?.job.stores.map(({ format }) => (format as { dataKey?: unknown }).dataKey)).toEqual([
      'edk',
      'backup',
    ]);
    for (const index of [0, 1])
      expect(draft?.questions).toContainEqual(
        expect.stringMatching(`^stores\\[${index}\\]\\.format: .*encryption context`),
      );
  });

  it('expects objects without a data key where instruction files hold theirs, and says what that means', () => {
    const of = (file: string): JobDraft | undefined => drafts.find(draft => draft.file === file)?.draft;
    const [withFiles, without] = [of('s3ec_java_v4-4.0.1'), of('s3ec_go-3.2.0')];
    expect(withFiles?.job.stores[0]).toMatchObject({ withoutDataKey: 'expected' });
    expect(withFiles?.questions).toContainEqual(
      expect.stringMatching(/^stores\[0\]\.withoutDataKey: the sample has \d+ instruction file/),
    );
    expect(without?.job.stores[0]).not.toHaveProperty('withoutDataKey');
  });

  it.each<[string, readonly AttributeMap[]]>([
    ['nothing', [{ note: { S: 'x' } }]],
    ['two encodings at one place', [{ edk: { B: EDK } }, { edk: { S: EDK.toString('base64') } }]],
  ])('is not made of %s', (_name, items) => {
    expect(ofItems(items)).toBeUndefined();
  });
});

describe('what is shown', () => {
  const text = EDK.toString('base64');

  it.each<[unknown, unknown]>([
    [{ locator: `{"id":{"S":"${text}"}}` }, { locator: '{"id":{"S":"*"}}' }],
    [
      [`a/${text}/b`, EDK.toString('hex'), 'plain', 7, null],
      ['*/b', '*', 'plain', 7, null],
    ],
    [{ [text]: { a: true } }, { '*': { a: true } }],
    [`${text.slice(0, 60)}\n${text.slice(60)}`, '*'],
  ])('holds no ciphertext: case %#', (value, without) => {
    expect(withoutCiphertextsIn(value)).toEqual(without);
    expect(JSON.stringify(withoutCiphertextsIn(value))).not.toMatch(/AQICAH|010202/);
  });
});

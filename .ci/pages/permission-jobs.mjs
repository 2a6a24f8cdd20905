// Jobs that together lead to every grant that a job can lead to, and the keys that they name.
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formats } from '../../lambda/formats/registry.ts';

const HERE = 'us-east-1';
const THERE = 'eu-west-1';
const key = (id, region = HERE) => `arn:aws:kms:${region}:111122223333:key/${id}`;
const single = digit => `${digit.repeat(8)}-1111-1111-1111-${digit.repeat(12)}`;
const multi = digit => `mrk-${digit.repeat(32)}`;

export const KEYS = {
  source: key(single('1')),
  multiSource: key(multi('2')),
  multiReplica: key(multi('2'), THERE),
  plaintextSource: key(single('3')),
  destination: key(single('4')),
  destinationThere: key(single('4'), THERE),
  plaintextDestination: key(single('5'), THERE),
  bridge: key(multi('6')),
  bridgeReplica: key(multi('6'), THERE),
  tableEncryption: key(single('7')),
  bucketEncryption: key(single('8')),
};
/** A role of another account, which has the stores of a job. */
export const ASSUMED = 'arn:aws:iam::444455556666:role/rewrap';
const ALIAS = `arn:aws:kms:${HERE}:111122223333:alias/source`;

const attribute = { type: 'attribute', dataKey: 'edk', encryptionContext: {} };
const metadata = { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} };
const table = (name, more = {}) => ({ type: 'dynamodb', table: name, format: attribute, ...more });
const bucket = (name, more = {}) => ({ type: 's3', bucket: name, prefix: 'a/b', format: metadata, ...more });

/** One store of each kind: IN_PLACE has those that are written in place, COPIED those that are copied. */
const IN_PLACE = [
  table('plain', { serverSideEncryptionKey: KEYS.tableEncryption }),
  table('indexed', { scope: { index: 'sparse' } }),
  table('guarded', { format: { type: 'branch-key-store' } }),
  bucket('plain', { serverSideEncryptionKey: KEYS.bucketEncryption }),
  bucket('tagged', { format: { ...metadata, encryptionContext: { tenant: { tag: 'tenant' } } } }),
  bucket('versioned', {
    versions: 'all',
    format: { ...metadata, encryptionContext: { tenant: { tag: 'tenant' } } },
  }),
];
/** No run writes it. */
const annotation = { type: 'object-annotation', annotation: 'edk', encryptionContext: {} };
const COUNTED = [
  bucket('annotated', { format: annotation }),
  bucket('annotated-versions', { versions: 'all', format: annotation }),
];
const copy = (more = {}) => ({ copyTo: { region: THERE, ...more } });
const COPIED = [
  table('copied', copy({ table: 'copy', serverSideEncryptionKey: KEYS.tableEncryption })),
  table('copied-whole', copy({ table: 'made', createMissing: true })),
  bucket('copied', copy({ bucket: 'copy', serverSideEncryptionKey: KEYS.bucketEncryption })),
  bucket('copied-whole', copy({ bucket: 'made', createMissing: true })),
];

const OF_ANOTHER_ACCOUNT = [table('theirs', { assumeRole: { roleArn: ASSUMED, externalId: 'rewrap' } })];

const FOLLOWED = [
  table('followed', { serverSideEncryptionKey: KEYS.tableEncryption }),
  bucket('followed', { serverSideEncryptionKey: KEYS.bucketEncryption }),
];
const FOLLOW = {
  streams: [`arn:aws:dynamodb:${HERE}:111122223333:table/followed/stream/2026-01-01T00:00:00.000`],
  buckets: ['followed'],
};

const job = (name, source, destination, more = {}) => ({
  name,
  source: { keys: [source] },
  destination: { key: destination },
  stores: IN_PLACE,
  ...more,
});
const INPUTS = [
  job('in-place', KEYS.source, KEYS.destination, { schedule: { expression: 'rate(90 days)' } }),
  job('by-alias', ALIAS, KEYS.destination),
  job('counted', KEYS.source, KEYS.destination, { stores: COUNTED }),
  job('of-another-account', KEYS.source, KEYS.destination, { stores: OF_ANOTHER_ACCOUNT }),
  job('followed', KEYS.source, KEYS.destination, { stores: FOLLOWED, follow: FOLLOW }),
  job('copied', KEYS.source, KEYS.destinationThere, {
    route: { type: 'bridge', bridgeKey: KEYS.bridge },
    stores: COPIED,
  }),
  job('multi-region', KEYS.multiSource, KEYS.destinationThere, { route: { type: 'multi-region' } }),
  job('plaintext', KEYS.plaintextSource, KEYS.plaintextDestination, {
    route: { type: 'decrypt-encrypt' },
    stores: [...IN_PLACE, ...COUNTED, ...COPIED, ...OF_ANOTHER_ACCOUNT, ...FOLLOWED],
  }),
];

export const permissionJobs = () =>
  INPUTS.map(input => {
    const parsed = parseJob(input, formats);
    if (parsed.kind === 'job') return parsed.job;
    throw new Error(`.ci/pages/permission-jobs.mjs: ${input.name}: ${JSON.stringify(parsed.problems)}`);
  });

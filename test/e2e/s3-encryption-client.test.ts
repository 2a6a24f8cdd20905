import { CreateAliasCommand, DisableKeyCommand, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { readFileSync } from 'node:fs';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { JobPlayer } from '../support/play-job.ts';
import { contentOf, read, write, type Clients, type Written } from '../support/s3-encryption-client.ts';

const ALIAS = 'alias/uploads';
const idOf = (arn: string): string => arn.slice(arn.indexOf('/') + 1);

/** JSON as Go and PHP write it. */
const inGo = (of: object): string => JSON.stringify(of).replaceAll('<', '\\u003c');
const inPhp = (of: object): string =>
  JSON.stringify(of)
    .replaceAll('/', '\\/')
    .replace(/[^\u0000-\u007f]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What readers have configured: `key` is the key's ARN. */
function objects(key: string): readonly Written[] {
  const marked = { suffix: '.instruction', marked: true };
  const unmarked = { suffix: '.instruction', marked: false };
  const context = { department: 'finance', case: '4 711 "a" \\ /' };
  return [
    { key: 'kms/by-arn', version: 'kms', kmsKeyId: key },
    { key: 'kms/by-id', version: 'kms', kmsKeyId: idOf(key), context },
    { key: 'kms/by-alias', version: 'kms', kmsKeyId: ALIAS },
    { key: 'kms/java', version: 'kms', kmsKeyId: key, context, instructionFile: marked },
    {
      key: 'kms/php',
      version: 'kms',
      kmsKeyId: key,
      context: { ort: 'Köln' },
      json: inPhp,
      instructionFile: unmarked,
    },
    { key: 'context/plain', version: 'kms+context', kmsKeyId: key },
    { key: 'context/go', version: 'kms+context', kmsKeyId: key, context: { 'a<b': 'c' }, json: inGo },
    { key: 'context/foreign', version: 'kms+context', kmsKeyId: key, context: { größe: 'straße ✓' } },
    {
      key: 'context/ruby',
      version: 'kms+context',
      kmsKeyId: key,
      context: { größe: '✓' },
      instructionFile: unmarked,
    },
    { key: 'v3/plain', version: 'v3', kmsKeyId: key },
    { key: 'v3/foreign', version: 'v3', kmsKeyId: key, context: { größe: 'x' } },
    { key: 'v3/file', version: 'v3', kmsKeyId: key, context, instructionFile: marked },
  ];
}

/** The example job, from the first object to the end of the old key. */
describe('objects of the S3 Encryption Clients', () => {
  let aws: Embedded;
  let keys: { readonly old: string; readonly new: string };
  const at = (bucket: string): Clients => ({ s3: aws.s3, kms: aws.kms, bucket });

  beforeEach(async () => {
    aws = await embedded();
    keys = { old: await createKey(aws.kms), new: await createKey(aws.kms) };
    for (const [AliasName, TargetKeyId] of [
      ['alias/uploads-2025', keys.old],
      ['alias/uploads-2026', keys.new],
      [ALIAS, keys.old],
    ] as const)
      await aws.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'encrypted-uploads' }));
  });
  afterEach(() => aws.stop());

  it('are read with the new key alone once the example job has moved them', async () => {
    for (const one of objects(keys.old)) await write(at('encrypted-uploads'), one);
    const job = JSON.parse(readFileSync('examples/jobs/formats/s3-encryption-client.json', 'utf8')) as object;
    const player = new JobPlayer(aws);
    const { code, plan, report, advice } = await player.play(job);
    expect(report.failures).toEqual([]);
    expect([code, report.remaining, advice.verdict]).toEqual([0, 0, 'disable']);
    expect(report.stores[0]?.outcomes).toEqual({ rewrapped: 12 });
    expect(plan.warnings).toContainEqual(expect.stringMatching(/^s3:encrypted-uploads\/: 4 of .* ARN or id/));
    expect(plan.warnings).toContainEqual(
      expect.stringMatching(/^s3:encrypted-uploads\/: 1 of .* by an alias/),
    );

    await aws.kms.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keys.new }));
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    for (const one of objects(keys.new))
      expect(await read(at('encrypted-uploads'), one)).toBe(contentOf(one));
    const again = await player.play(job, 'verify');
    expect([again.code, again.report.stores[0]?.outcomes]).toEqual([0, { 'already-current': 12 }]);
  });

  it('name their key in the form that the job says, whatever form they had before', async () => {
    const forms = { arn: keys.new, id: idOf(keys.new), 'alias/uploads-2026': 'alias/uploads-2026' };
    const unstored = { 'not stored': 'c' };
    const objectsOf = (form: string): readonly Written[] =>
      [keys.old, idOf(keys.old), ALIAS].map((kmsKeyId, index) => ({
        key: `${form}/${index}`,
        version: 'kms',
        kmsKeyId,
        ...(index === 1 && { unstored }),
      }));
    const written = Object.keys(forms).flatMap(objectsOf);
    for (const one of written) await write(at('encrypted-uploads'), one);
    const stores = Object.keys(forms).map(kmsKeyId => ({
      ...{ type: 's3', bucket: 'encrypted-uploads', prefix: `${kmsKeyId}/` },
      format: { type: 's3-encryption-client', kmsKeyId, extraContext: unstored },
    }));
    const job = { name: 'uploads', source: { keys: [keys.old] }, destination: { key: keys.new }, stores };
    const player = new JobPlayer(aws);
    const { report, advice } = await player.play(job);
    expect([report.failures, report.remaining, advice.verdict]).toEqual([[], 0, 'disable']);
    const again = await player.play(job);
    expect(again.report.stores.map(({ outcomes }) => outcomes)).toEqual(
      stores.map(() => ({ 'already-current': 3 })),
    );

    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    for (const [form, kmsKeyId] of Object.entries(forms))
      for (const one of objectsOf(form))
        expect(await read(at('encrypted-uploads'), { ...one, kmsKeyId })).toBe(contentOf(one));
  });
});

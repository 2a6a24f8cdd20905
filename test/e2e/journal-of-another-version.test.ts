import { CreateKeyCommand, GenerateDataKeyWithoutPlaintextCommand } from '@aws-sdk/client-kms';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { simpleTable } from '../support/simple-table.ts';

const DATA_KEYS = 20;

/** Somebody deploys an older version than the one that has written the journal. The tests are one story, told in order. */
describe('a run over finished work, whose journal is of a later version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-downgrade-'));
  const logFolder = join(folder, 'logs');
  let aws: Embedded;
  let migrated: Report;

  beforeAll(async () => {
    aws = await embedded({ waitScale: 0, logFolder });
    const key = async (): Promise<string> => (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    const [source, destination] = [await key(), await key()];
    const job = {
      name: 'letters',
      source: { keys: [source] },
      destination: { key: destination },
      stores: [{ type: 'dynamodb', table: 'Letters', format: { type: 'attribute', dataKey: 'edk' } }],
      limits: { maxConcurrency: 1 },
    };
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(join(folder, 'jobs', 'letters.json'), JSON.stringify(job));
    await simpleTable(aws.dynamodb, 'Letters');
    for (let id = 0; id < DATA_KEYS; id++) {
      const { CiphertextBlob } = await aws.kms.send(
        new GenerateDataKeyWithoutPlaintextCommand({ KeyId: source, KeySpec: 'AES_256' }),
      );
      const Item = { id: { S: `${id}` }, edk: { B: CiphertextBlob! } };
      await aws.dynamodb.send(new PutItemCommand({ TableName: 'Letters', Item }));
    }
    await synthesize({ jobs: join(folder, 'jobs'), outdir: join(folder, 'cdk.out') });
    await aws.aws.deploy(join(folder, 'cdk.out'));
    migrated = (await run()).report;
    await writtenByALaterVersion();
  });
  afterAll(() => aws.stop());

  async function run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly report: Report }> {
    const { code, stdout } = await rewrap(['run', 'letters', '--json', ...args], { endpoint: aws.endpoint });
    return { code, report: JSON.parse(stdout) as Report };
  }

  async function writtenByALaterVersion(): Promise<void> {
    const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    let rewritten = 0;
    for (const { Name: Bucket } of Buckets) {
      const Prefix = `outcomes/job=letters/run=${migrated.runId}/`;
      const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
      for (const { Key } of Contents) {
        const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
        const text = gunzipSync(await Body!.transformToByteArray()).toString();
        const later = gzipSync(text.replaceAll('"schema":3', '"schema":4'));
        await aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: later }));
        rewritten++;
      }
    }
    expect(rewritten).toBeGreaterThan(0);
  }

  const warnings = (runId: string): readonly string[] =>
    readdirSync(logFolder)
      .flatMap(name => readFileSync(join(logFolder, name), 'utf8').split('\n'))
      .filter(line => line.includes(runId) && line.includes('journal.unknownSchema'));

  it.each(['verify', 'migrate'])(
    'asks KMS about every data key in the mode %s, proves it, and says why',
    async mode => {
      const { code, report } = await run('--mode', mode);
      expect([code, report.verdict, report.restsOn]).toEqual([0, 'proven', migrated.runId]);
      expect(report.stores[0]).toMatchObject({ proven: DATA_KEYS });
      expect(report.kms.requests).toBeGreaterThanOrEqual(DATA_KEYS);
      const [warning, ...others] = warnings(report.runId);
      expect(JSON.parse(warning ?? '{}')).toMatchObject({
        ...{ level: 'WARN', code: 'journal.unknownSchema', schema: 4 },
        name: expect.stringContaining(migrated.runId) as string,
      });
      expect(others).toEqual([]);
    },
  );
});

import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { FailedUnit } from '../../core/report/failure-words.ts';
import { listObjects, type ListedObject } from '../s3/list-objects.ts';

/** How many failed units to read: enough to say why the run failed. */
const ENOUGH = 1_000;

/** Where map runs leave their results: `PREFIX/migrate/MAP-RUN/FAILED_0.jsonl` (Step Functions guide, ResultWriter). */
const FAILED = /\/(migrate|verify|rollback)\/[^/]+\/FAILED_\d+\.jsonl$/;
const WORKERS: Readonly<Record<string, string>> = {
  migrate: 'MigrateUnit',
  verify: 'VerifyUnit',
  rollback: 'RollbackUnit',
};

/** The units that failed in a run's latest map. Units that were only stopped because of them do not count. */
export async function failedUnits(
  client: S3Client,
  bucket: string,
  prefix: string,
): Promise<readonly FailedUnit[]> {
  const latest = await latestOf(client, bucket, prefix);
  if (latest === undefined) return [];
  const worker = WORKERS[FAILED.exec(latest.key)?.[1] ?? ''] ?? 'a worker';
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: latest.key }));
  const units: FailedUnit[] = [];
  if (!(Body instanceof Readable)) return units;
  for await (const line of createInterface({ input: Body, crlfDelay: Infinity })) {
    if (units.length === ENOUGH) break;
    const { Status, Error: name, Cause = '' } = JSON.parse(line) as Result;
    if (Status !== 'ABORTED' && name !== undefined) units.push({ Error: name, Cause, worker });
  }
  Body.destroy();
  return units;
}

interface Result {
  readonly Status?: string;
  readonly Error?: string;
  readonly Cause?: string;
}

async function latestOf(client: S3Client, bucket: string, prefix: string): Promise<ListedObject | undefined> {
  let latest: ListedObject | undefined;
  let startAfter: string | undefined;
  for (;;) {
    const { objects, truncated } = await listObjects(client, {
      bucket,
      prefix,
      ...(startAfter !== undefined && { startAfter }),
    });
    for (const object of objects)
      if (FAILED.test(object.key) && object.lastModified >= (latest?.lastModified ?? 0)) latest = object;
    if (!truncated) return latest;
    startAfter = objects.at(-1)?.key;
  }
}

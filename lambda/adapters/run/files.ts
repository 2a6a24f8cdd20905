import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { UnitProgress } from '../../core/model/books.ts';
import type { Unit } from '../../core/model/run.ts';
import type { RunPlan } from '../../core/model/run-plan.ts';
import type { PlanFiles } from '../../core/plan/ports.ts';
import type { ReportFiles } from '../../core/report/finish-run.ts';
import { judged, type StoredReport } from '../../core/report/earlier-report.ts';
import type { FailedUnit } from '../../core/report/failure-words.ts';
import { reportJson } from '../../core/report/report-json.ts';
import type { Report } from '../../core/report/report.ts';
import { statusOf } from '../aws/errors.ts';
import { failedUnits } from './failed-units.ts';
import { listObjects } from '../s3/list-objects.ts';

interface Manifest {
  readonly ResultFiles: { readonly SUCCEEDED: readonly { readonly Key: string }[] };
}

/** The run bucket: everything about a run under `runs/RUN/`. */
export class S3RunFiles implements PlanFiles, ReportFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async writePlan(plan: RunPlan, units: Iterable<Unit>): Promise<{ readonly unitsKey: string }> {
    const unitsKey = `${runPrefix(plan.runId)}units.jsonl`;
    const lines = Array.from(units, unit => `${JSON.stringify(unit)}\n`).join('');
    await this.#put(unitsKey, lines, 'application/jsonl');
    await this.#put(`${runPrefix(plan.runId)}plan.json`, JSON.stringify(plan, null, 2), 'application/json');
    return { unitsKey };
  }

  async findPlan(runId: string): Promise<RunPlan | undefined> {
    return (await this.#getJson(`${runPrefix(runId)}plan.json`)) as RunPlan | undefined;
  }

  async readUnits(runId: string): Promise<readonly Unit[]> {
    const units: Unit[] = [];
    for await (const unit of this.#lines(`${runPrefix(runId)}units.jsonl`)) units.push(unit as Unit);
    return units;
  }

  async readPlan(runId: string): Promise<RunPlan> {
    const plan = await this.findPlan(runId);
    if (plan === undefined)
      throw new Error(
        `run ${runId} has no plan in s3://${this.#bucket}/${runPrefix(runId)}: Plan did not finish`,
      );
    return plan;
  }

  async writeReport(report: Report, html: string): Promise<{ readonly reportKey: string }> {
    const reportKey = `${runPrefix(report.runId)}report.json`;
    await this.#put(`${runPrefix(report.runId)}report.html`, html, 'text/html; charset=utf-8');
    await this.#put(reportKey, reportJson(report), 'application/json');
    return { reportKey };
  }

  /** A file of the evidence of a run, by its name in the run's folder. */
  async writeEvidence(runId: string, name: string, text: string): Promise<void> {
    const type = name.endsWith('.pem') ? 'application/x-pem-file' : 'application/json';
    await this.#put(`${runPrefix(runId)}${name}`, text, type);
  }

  async readReport(runId: string): Promise<Report | undefined> {
    const stored = (await this.#getJson(`${runPrefix(runId)}report.json`)) as StoredReport | undefined;
    return stored && judged(stored);
  }

  /** A file of a run as it is stored, by its name in the run's folder. */
  async readFile(runId: string, name: string): Promise<Uint8Array | undefined> {
    return this.#getBytes(`${runPrefix(runId)}${name}`);
  }

  /** Where a run's files are, for people. */
  location(runId: string): string {
    return `s3://${this.#bucket}/${runPrefix(runId)}`;
  }

  /** What the children of map runs returned, line by line from the files that the manifests name. */
  async *unitResults(manifestKeys: readonly string[]): AsyncGenerator<UnitProgress> {
    for (const manifestKey of manifestKeys) {
      const manifest = (await this.#getJson(manifestKey)) as Manifest | undefined;
      for (const { Key } of manifest?.ResultFiles.SUCCEEDED ?? [])
        for await (const unit of this.#lines(Key)) yield unit as UnitProgress;
    }
  }

  /** Units that failed for good in the run's latest map. */
  async failedUnits(runId: string): Promise<readonly FailedUnit[]> {
    return failedUnits(this.#client, this.#bucket, `${runPrefix(runId)}results/`);
  }

  async *#lines(key: string): AsyncGenerator {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    if (!(Body instanceof Readable))
      throw new TypeError(`s3://${this.#bucket}/${key} has no body that can be read line by line`);
    for await (const line of createInterface({ input: Body, crlfDelay: Infinity }))
      if (line !== '') yield JSON.parse(line) as unknown;
  }

  async #put(key: string, body: string, contentType: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ContentType: contentType }),
    );
  }

  async #getJson(key: string): Promise<unknown> {
    const bytes = await this.#getBytes(key);
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString('utf8') || 'null');
  }

  async #getBytes(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (error instanceof NoSuchKey || (await this.#isMissing(key, error))) return undefined;
      throw error;
    }
  }

  /**
   * If the caller may not list the bucket, S3 answers 403 for a missing object. AWS does not document whether a
   * permission to list a part of the bucket is enough, so ask the listing.
   */
  async #isMissing(key: string, error: unknown): Promise<boolean> {
    if (statusOf(error) !== 403) return false;
    const query = { bucket: this.#bucket, prefix: key, limit: 1 };
    const listing = await listObjects(this.#client, query).catch(() => undefined);
    return listing?.objects.every(object => object.key !== key) ?? false;
  }
}

export function runPrefix(runId: string): string {
  return `runs/${runId}/`;
}

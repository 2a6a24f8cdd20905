import type { Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { asffOf } from '../../lambda/core/report/findings/asff.ts';
import { findingsOf } from '../../lambda/core/report/findings/findings.ts';
import { ocsfOf } from '../../lambda/core/report/findings/ocsf.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { writtenPlace } from '../../lambda/core/stores/places.ts';

export type FindingsFormat = 'ocsf' | 'asff';

interface Wanted {
  readonly format: FindingsFormat;
  /** Of kms-rewrap. */
  readonly version: string;
  readonly deployment: Deployment;
  readonly files: Pick<S3RunFiles, 'readPlan'>;
}

/** What a report says of its stores, as one JSON document in a format that security tools read. */
export async function findingsOfRun(
  report: Report,
  { format, version, deployment, files }: Wanted,
): Promise<string> {
  const { stores, storeRegion } = await files.readPlan(report.runId);
  const [, partition = '', , region = '', account = ''] = deployment.stateMachineArn.split(':');
  const places = stores.map(store => writtenPlace(store, storeRegion));
  const where = { partition, account, region, places };
  const findings = findingsOf(report, where);
  const document =
    format === 'asff' ? asffOf(findings, { report, where }) : ocsfOf(findings, { report, where, version });
  return JSON.stringify(document, null, 2);
}

import type { Report } from '../report.ts';
import { CONTROLS, type Finding, type FindingsOf, type FindingStatus } from './findings.ts';

/** Security Hub user guide, AWS Security Finding Format: the only version there is. */
const VERSION = '2018-10-08';
/** Of the taxonomy of types. */
const TYPE = 'Software and Configuration Checks/Industry and Regulatory Standards';
/** Security Hub partner guide, Guidelines for mapping findings; the last one API reference, Recommendation. */
const MOST = { title: 256, description: 1_024, remediation: 512 };

const COMPLIANCE: Readonly<Record<FindingStatus, string>> = {
  pass: 'PASSED',
  warning: 'WARNING',
  fail: 'FAILED',
};
const SEVERITY: Readonly<Record<FindingStatus, string>> = {
  pass: 'INFORMATIONAL',
  warning: 'LOW',
  fail: 'MEDIUM',
};

interface OfReport {
  readonly report: Pick<Report, 'runId' | 'job' | 'endedAt'>;
  readonly where: Pick<FindingsOf, 'partition' | 'account' | 'region'>;
}

/** Findings as BatchImportFindings takes them, of a product of the account's own. */
export function asffOf(findings: readonly Finding[], of: OfReport): { readonly Findings: readonly object[] } {
  return { Findings: findings.map(finding => findingOf(finding, of)) };
}

function findingOf(finding: Finding, { report, where }: OfReport): object {
  const { id, control, status, resource, description, remediation, store } = finding;
  const { partition, account, region } = where;
  return {
    ...{ SchemaVersion: VERSION, Id: id, GeneratorId: `kms-rewrap/${control}` },
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    // Whoever imports findings of a product of their own may do so for their own account alone.
    AwsAccountId: account,
    Types: [TYPE],
    ...{ CreatedAt: report.endedAt, UpdatedAt: report.endedAt },
    Severity: { Label: SEVERITY[status] },
    Title: shortened(`${CONTROLS[control]}: ${store}`, MOST.title),
    Description: shortened(description, MOST.description),
    ...(remediation !== '' && {
      Remediation: { Recommendation: { Text: shortened(remediation, MOST.remediation) } },
    }),
    ProductFields: { 'kms-rewrap/run': report.runId, 'kms-rewrap/job': report.job },
    Resources: [{ Type: resource.type, Id: resource.uid, Partition: partition, Region: resource.region }],
    Compliance: { Status: COMPLIANCE[status] },
    // The workflow is Security Hub's own: it resolves what has passed, and opens what fails again.
    RecordState: 'ACTIVE',
  };
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

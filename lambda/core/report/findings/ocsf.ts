import type { Report } from '../report.ts';
import { CONTROLS, type Finding, type FindingsOf, type FindingStatus } from './findings.ts';

/** The version that Security Hub reads (its user guide, "Security Hub and the Open Cybersecurity Schema Framework"). */
const VERSION = '1.6.0';
/** Class Compliance Finding of the category Findings, activity Create: schema.ocsf.io/1.6.0/classes/compliance_finding. */
const CLASS = {
  category_uid: 2,
  category_name: 'Findings',
  class_uid: 2003,
  class_name: 'Compliance Finding',
};
const ACTIVITY = {
  activity_id: 1,
  activity_name: 'Create',
  type_uid: 200_301,
  type_name: 'Compliance Finding: Create',
};

const STATUS: Readonly<Record<FindingStatus, { readonly status: string; readonly status_id: number }>> = {
  pass: { status: 'Pass', status_id: 1 },
  warning: { status: 'Warning', status_id: 2 },
  fail: { status: 'Fail', status_id: 3 },
};
const SEVERITY: Readonly<Record<FindingStatus, { readonly severity: string; readonly severity_id: number }>> =
  {
    pass: { severity: 'Informational', severity_id: 1 },
    warning: { severity: 'Low', severity_id: 2 },
    fail: { severity: 'Medium', severity_id: 3 },
  };

interface OfReport {
  readonly report: Pick<Report, 'runId' | 'endedAt'>;
  readonly where: Pick<FindingsOf, 'account' | 'region'>;
  /** Of kms-rewrap. */
  readonly version: string;
}

/** Findings as events of OCSF, one each. */
export function ocsfOf(findings: readonly Finding[], of: OfReport): readonly object[] {
  return findings.map(finding => eventOf(finding, of));
}

function eventOf(finding: Finding, { report, where, version }: OfReport): object {
  const { id, control, status, store, resource, description, remediation } = finding;
  const time = Date.parse(report.endedAt);
  return {
    ...CLASS,
    ...ACTIVITY,
    ...SEVERITY[status],
    status: status === 'pass' ? 'Resolved' : 'New',
    status_id: status === 'pass' ? 4 : 1,
    time,
    message: description,
    metadata: {
      version: VERSION,
      profiles: ['cloud'],
      product: { name: 'kms-rewrap', vendor_name: 'kms-rewrap', version },
      correlation_uid: report.runId,
    },
    cloud: { provider: 'AWS', region: where.region, account: { uid: where.account } },
    finding_info: {
      uid: id,
      title: CONTROLS[control],
      desc: description,
      modified_time: time,
      types: [control],
    },
    compliance: { control, desc: CONTROLS[control], ...STATUS[status] },
    resources: [
      {
        ...{ uid: resource.uid, name: store, type: resource.type, region: resource.region },
        owner: { account: { uid: resource.account } },
      },
    ],
    ...(remediation !== '' && { remediation: { desc: remediation } }),
  };
}

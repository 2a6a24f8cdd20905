import { asffOf } from '../../lambda/core/report/findings/asff.ts';
import { findingsOf, type FindingsOf } from '../../lambda/core/report/findings/findings.ts';
import { ocsfOf } from '../../lambda/core/report/findings/ocsf.ts';
import type { Report, StoreReport } from '../../lambda/core/report/report.ts';
import type { DoubtCode, StoreVerdict } from '../../lambda/core/verdict/store-verdict.ts';
import { reportScenes } from '../support/report-scenes.ts';

const ACCOUNT = '111122223333';
const WHERE: FindingsOf = {
  ...{ partition: 'aws', account: ACCOUNT, region: 'us-east-1' },
  places: [
    { type: 'dynamodb', region: 'eu-west-1', name: 'Orders' },
    { type: 's3', region: 'us-east-1', name: 'documents', prefix: '2026/' },
    { type: 'shelf', name: 'top' },
  ],
};
const END = '2026-11-28T12:00:00.000Z';

type Members = Readonly<Record<string, unknown>>;

function store(verdict: StoreVerdict, changes: Partial<StoreReport> = {}): StoreReport {
  return { store: 'dynamodb:Orders', verdict, concluding: {}, ...changes } as StoreReport;
}
const report = (...stores: readonly StoreReport[]): Report =>
  ({ runId: 'run-1', job: 'orders', mode: 'verify', endedAt: END, stores }) as unknown as Report;
const doubts = (...codes: readonly DoubtCode[]): StoreVerdict => ({
  kind: 'not-proven',
  doubts: codes.map(code => ({ code, words: `about ${code}` })),
});
const aged = (tooOld: number, ageUnknown: number): Partial<StoreReport> => ({
  materialAge: {
    ...{ maximumAgeDays: 365, tooOld, ageUnknown },
    materials: tooOld + ageUnknown === 0 ? [] : [{ keyArn: 'k', keyMaterialId: null, dataKeys: 1 }],
  },
});
const statuses = (one: StoreReport): readonly string[] =>
  findingsOf(report(one), WHERE).map(({ control, status }) => `${control}: ${status}`);
const ocsf = (of: Report): readonly Members[] =>
  ocsfOf(findingsOf(of, WHERE), { report: of, where: WHERE, version: '1.0.0' }) as readonly Members[];
const asff = (of: Report): readonly Members[] =>
  asffOf(findingsOf(of, WHERE), { report: of, where: WHERE }).Findings as readonly Members[];

describe('the findings of a report', () => {
  it('say of each store whether it needs a source key', () => {
    expect(statuses(store({ kind: 'proven' }))).toEqual(['data-keys-moved: pass']);
    expect(statuses(store({ kind: 'empty' }))).toEqual(['data-keys-moved: pass']);
    expect(statuses(store(doubts('not-verified', 'remaining')))).toEqual(['data-keys-moved: fail']);
    expect(statuses(store(doubts('look-alikes')))).toEqual(['data-keys-moved: fail']);
  });

  it('are warnings where too little was seen to tell', () =>
    expect(statuses(store(doubts('incomplete', 'narrowed', 'not-verified')))).toEqual([
      'data-keys-moved: warning',
    ]));

  it('are warnings where data keys are under keys that the job does not name, as the report is not proven', () => {
    const foreign = { concluding: { 'already-current': 9, 'foreign-key': 2 } };
    expect(statuses(store({ kind: 'proven' }, foreign))).toEqual(['data-keys-moved: warning']);
    const [finding] = findingsOf(report(store({ kind: 'proven' }, foreign)), WHERE);
    expect(finding?.description).toContain('2 data keys of the store are not where the job wants them');
  });

  it('say how old key material is where the job limits that', () => {
    const age = (tooOld: number, ageUnknown: number) =>
      statuses(store({ kind: 'proven' }, aged(tooOld, ageUnknown)))[1];
    expect([age(0, 0), age(1, 1), age(0, 1)]).toEqual([
      'key-material-age: pass',
      'key-material-age: fail',
      'key-material-age: warning',
    ]);
  });

  it('have ids that stay from run to run, and differ between stores, accounts, jobs and checks', () => {
    const [first] = findingsOf(report(store({ kind: 'proven' })), WHERE);
    const [later] = findingsOf({ ...report(store(doubts('remaining'))), runId: 'run-2' }, WHERE);
    expect(later?.id).toBe(first?.id);
    const others = [
      ...findingsOf(report(store({ kind: 'proven' }, aged(0, 0))), WHERE),
      ...findingsOf(report(store({ kind: 'proven' }, { store: 'dynamodb:Others' })), WHERE),
      ...findingsOf(report(store({ kind: 'proven' }, { account: '222222222222' })), WHERE),
      ...findingsOf({ ...report(store({ kind: 'proven' })), job: 'other' }, WHERE),
    ];
    expect(new Set(others.map(({ id }) => id)).size).toBe(others.length);
  });

  it('name resources by their ARNs, and what has none by its name', () => {
    const three = report(store({ kind: 'proven' }), store({ kind: 'proven' }), store({ kind: 'proven' }));
    expect(findingsOf(three, WHERE).map(({ resource }) => resource.uid)).toEqual([
      `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/Orders`,
      'arn:aws:s3:::documents',
      'shelf:top',
    ]);
    const [other] = findingsOf(report(store({ kind: 'proven' }, { account: '222222222222' })), WHERE);
    expect(other?.resource.uid).toBe('arn:aws:dynamodb:eu-west-1:222222222222:table/Orders');
  });
});

/** Attributes and values of the class Compliance Finding in the schema of OCSF 1.6.0, of its base event and its objects. */
describe('findings as OCSF', () => {
  const all = Object.values(reportScenes()).flatMap(ocsf);

  it('have every required attribute', () => {
    expect(all.length).toBeGreaterThan(10);
    const required = ['activity_id', 'category_uid', 'class_uid', 'compliance', 'finding_info', 'metadata'];
    for (const event of all) {
      for (const name of [...required, 'severity_id', 'time', 'type_uid', 'cloud'])
        expect(event).toHaveProperty(name);
      expect(event).toMatchObject({
        metadata: { version: '1.6.0', profiles: ['cloud'], product: { name: 'kms-rewrap' } },
        finding_info: { uid: expect.stringMatching(/./) as string },
        cloud: { provider: 'AWS' },
      });
    }
  });

  it('are of one class, whose ids fit each other', () => {
    for (const { class_uid, category_uid, activity_id, type_uid } of all) {
      expect(type_uid).toBe(Number(class_uid) * 100 + Number(activity_id));
      expect(Math.floor(Number(class_uid) / 1000)).toBe(category_uid);
    }
  });

  it('name status and severity as the schema captions them', () => {
    const compliance = ['', 'Pass', 'Warning', 'Fail'];
    const severity = ['Unknown', 'Informational', 'Low', 'Medium'];
    for (const event of all) {
      const { status, status_id } = event['compliance'] as { status: string; status_id: number };
      expect(status).toBe(compliance[status_id]);
      expect(event['severity']).toBe(severity[event['severity_id'] as number]);
      expect(event['status']).toBe(event['status_id'] === 4 ? 'Resolved' : 'New');
    }
  });

  it('have their time in milliseconds', () =>
    expect(ocsf(report(store({ kind: 'proven' })))[0]).toMatchObject({ time: Date.parse(END) }));
});

/** Required attributes and values of the AWS Security Finding Format, and the lengths of the partner guide. */
describe('findings as ASFF', () => {
  const all = Object.values(reportScenes()).flatMap(asff);

  it('have every required attribute, within their lengths', () => {
    expect(all.length).toBeGreaterThan(10);
    const required = [
      'AwsAccountId',
      'CreatedAt',
      'Description',
      'GeneratorId',
      'Id',
      'ProductArn',
      'Resources',
    ];
    for (const finding of all) {
      for (const name of [...required, 'SchemaVersion', 'Severity', 'Title', 'Types', 'UpdatedAt'])
        expect(finding).toHaveProperty(name);
      expect(String(finding['Title']).length).toBeLessThanOrEqual(256);
      expect(String(finding['Description']).length).toBeLessThanOrEqual(1_024);
    }
  });

  it('are of the product that an account has for findings of its own', () =>
    expect(asff(report(store({ kind: 'proven' })))[0]).toMatchObject({
      SchemaVersion: '2018-10-08',
      AwsAccountId: ACCOUNT,
      ProductArn: `arn:aws:securityhub:us-east-1:${ACCOUNT}:product/${ACCOUNT}/default`,
      Resources: [{ Type: 'AwsDynamoDbTable', Partition: 'aws', Region: 'eu-west-1' }],
    }));

  it.each([
    [store({ kind: 'proven' }), 'PASSED', 'INFORMATIONAL'],
    [store(doubts('incomplete')), 'WARNING', 'LOW'],
    [store(doubts('remaining')), 'FAILED', 'MEDIUM'],
  ])('say by compliance and severity how it stands (%#)', (one, compliance, severity) =>
    expect(asff(report(one))[0]).toMatchObject({
      Compliance: { Status: compliance },
      Severity: { Label: severity },
    }),
  );
});

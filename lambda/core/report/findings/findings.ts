import { Buffer } from 'node:buffer';
import { digest } from '../../model/digest.ts';
import type { StorePlace } from '../../model/store-place.ts';
import { unsettledIn } from '../../verdict/run-verdict.ts';
import { counted, type Doubt } from '../../verdict/store-verdict.ts';
import { ageWords, type MaterialAge } from '../material-age.ts';
import type { Report, StoreReport } from '../report.ts';

/** What a finding says of a store. */
export type FindingStatus = 'pass' | 'warning' | 'fail';

/** What is checked. Ids are API: whoever receives findings keeps them by these. */
export const CONTROLS = {
  'data-keys-moved': 'Nothing in the store needs a source key',
  'key-material-age': 'No data key is under key material that is older than the job allows',
} as const;

type Control = keyof typeof CONTROLS;

/** A finding about one store, in no format yet. */
export interface Finding {
  /** The same for each run of the job in this account and Region, so that a newer finding replaces the older one. */
  readonly id: string;
  readonly control: Control;
  readonly status: FindingStatus;
  /** As the report calls it. */
  readonly store: string;
  readonly resource: FindingResource;
  readonly description: string;
  readonly remediation: string;
}

interface FindingResource {
  readonly type: string;
  /** Its ARN; its name where AWS has no ARN for it. */
  readonly uid: string;
  readonly region: string;
  readonly account: string;
}

/** Where the deployment is. */
export interface FindingsOf {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** By index of the store. */
  readonly places: readonly StorePlace[];
}

/** What a report says of each store, as findings of a check: one of the data keys, and one of their age where the job limits it. */
export function findingsOf(report: Report, where: FindingsOf): readonly Finding[] {
  return report.stores.flatMap((store, index) => {
    const place = where.places[index];
    if (place === undefined) return [];
    const about = { store: store.store, resource: resourceOf(store, place, where) };
    const of = (control: Control): Pick<Finding, 'id' | 'control' | 'store' | 'resource'> => ({
      ...{ id: idOf(report, { where, store, control }), control },
      ...about,
    });
    const age = store.materialAge;
    return [
      { ...of('data-keys-moved'), ...moved(store, report) },
      ...(age === undefined ? [] : [{ ...of('key-material-age'), ...aged(store.store, age) }]),
    ];
  });
}

type Told = Pick<Finding, 'status' | 'description' | 'remediation'>;

function moved({ verdict, concluding }: StoreReport, { runId, mode }: Report): Told {
  const remediation = `Look at each doubt: rewrap report ${runId}. Keep the source keys enabled until the store is proven.`;
  switch (verdict.kind) {
    case 'proven': {
      const elsewhere = unsettledIn(concluding);
      if (elsewhere > 0)
        return {
          status: 'warning',
          description: `Nothing needs a source key, as the run ${runId} (${mode}) has proven, and ${counted(elsewhere, 'data key')} of the store ${elsewhere === 1 ? 'is' : 'are'} not where the job wants them: under keys that it does not name.`,
          remediation: `Ask who wrote them, and under which key: rewrap report ${runId} --failures FILE.`,
        };
      return { status: 'pass', description: `Proven by the run ${runId} (${mode}).`, remediation: '' };
    }
    case 'empty':
      return { status: 'pass', description: `The run ${runId} found no record.`, remediation: '' };
    case 'not-proven':
      return {
        status: verdict.doubts.some(isFailure) ? 'fail' : 'warning',
        description: `Not proven by the run ${runId} (${mode}): ${verdict.doubts.map(({ words }) => words).join('; ')}.`,
        remediation,
      };
  }
}

/** What was seen that should not be there. All other doubts are about what was not seen. */
function isFailure({ code }: Doubt): boolean {
  return ['remaining', 'look-alikes', 'journal-contradicted', 'all-foreign'].includes(code);
}

function aged(store: string, age: MaterialAge): Told {
  const { tooOld, ageUnknown, maximumAgeDays } = age;
  const status = tooOld > 0 ? 'fail' : ageUnknown > 0 ? 'warning' : 'pass';
  return {
    status,
    description:
      status === 'pass'
        ? `All key material of its data keys is younger than ${maximumAgeDays} days.`
        : `${ageWords(store, age).join('. ')}.`,
    remediation: status === 'pass' ? '' : 'Rotate the destination key, then run the job as a migration.',
  };
}

function resourceOf(
  { account }: StoreReport,
  { type, name, region = '' }: StorePlace,
  where: FindingsOf,
): FindingResource {
  const of = { region: region === '' ? where.region : region, account: account ?? where.account };
  switch (type) {
    case 'dynamodb':
      return {
        ...{ type: 'AwsDynamoDbTable', ...of },
        uid: `arn:${where.partition}:dynamodb:${of.region}:${of.account}:table/${name}`,
      };
    case 's3':
      return { type: 'AwsS3Bucket', uid: `arn:${where.partition}:s3:::${name}`, ...of };
    default:
      return { type: 'Other', uid: `${type}:${name}`, ...of };
  }
}

function idOf(
  { job }: Report,
  {
    where,
    store,
    control,
  }: { readonly where: FindingsOf; readonly store: StoreReport; readonly control: Control },
): string {
  const place = digest(Buffer.from(JSON.stringify([store.store, store.account ?? where.account]))).slice(
    0,
    32,
  );
  return `kms-rewrap/${where.account}/${where.region}/${job}/${control}/${place}`;
}

import type { RunPlan } from '../model/run-plan.ts';
import { storeName } from '../stores/places.ts';

type Estimated = Pick<RunPlan, 'stores' | 'looked' | 'estimate' | 'sample' | 'mode'>;

/** How sure the estimate of a plan is, a sentence for each reason to doubt it. It bounds nothing: a run visits what is there. */
export function certaintyOf({ stores, looked = [], estimate, sample, mode }: Estimated): readonly string[] {
  const tables = stores.filter(({ type }) => type === 'dynamodb').map(storeName);
  const { uncounted = [] } = estimate;
  const seen = looked.reduce((sum, { records }) => sum + records, 0);
  const withDataKey = looked.reduce((sum, one) => sum + one.withDataKey, 0);
  return [
    ...(tables.length === 0
      ? []
      : [`DynamoDB counts items every six hours or so: what ${tables.join(', ')} got since is not in it`]),
    ...(uncounted.length === 0
      ? []
      : [
          `${uncounted.join(', ')}: more is there than is counted, so this is the least of work, time and cost`,
        ]),
    ...(mode === 'rollback'
      ? []
      : [
          seen === 0
            ? 'it takes one data key for each record, and Plan has looked at none'
            : `it takes one data key for each record; of the first ${number(seen)} records, ${number(withDataKey)} have one`,
        ]),
    ...(sample === undefined ? [] : [`it is of a sample of ${number(sample)} records of each store`]),
  ];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

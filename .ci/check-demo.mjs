// Checks the figures of `npm start -- --json`: 2,000 items and 500 objects, of which some are broken on purpose.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [file, code, seconds] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));

assert.equal(Number(code), 1, 'exit code 1: some data keys are not moved');
// Absent where something else ran beside it.
if (seconds !== undefined) assert.ok(Number(seconds) < 90, `under 90 seconds, took ${seconds}`);
assert.equal(report.state, 'succeeded');
assert.deepEqual(
  report.stores.map(({ store, complete, records, dataKeys, outcomes }) => ({
    store,
    complete,
    records,
    dataKeys,
    outcomes,
  })),
  [
    {
      store: 'dynamodb:Orders',
      complete: true,
      records: 2000,
      dataKeys: 1995,
      outcomes: { rewrapped: 1980, 'foreign-key': 6, unreadable: 9 },
    },
    {
      store: 's3:order-documents/2026/',
      complete: true,
      records: 500,
      dataKeys: 495,
      outcomes: { rewrapped: 488, 'foreign-key': 4, unreadable: 3 },
    },
  ],
);
assert.deepEqual(
  report.keyMaterials.map(({ before, after }) => [before, after]),
  [
    [2468, 0],
    [0, 2468],
  ],
);
for (const { keyMaterialId } of report.keyMaterials) assert.match(keyMaterialId, /^[0-9a-f]{64}$/);
// Records in doubt count: 9 items and 3 objects that are corrupt, have another context or lack a tenant. The 10 foreign
// ones do not count, because KMS has said that no source key made them.
assert.equal(report.remaining, 9 + 3);
assert.equal(report.verdict, 'not-proven');
assert.deepEqual(
  report.stores.map(({ verdict, withoutDataKey, proven }) => [
    verdict.doubts.map(({ code }) => code),
    withoutDataKey,
    proven,
  ]),
  [
    [['remaining'], 5, 1980],
    [['remaining', 'objects-without-data-key'], 5, 488],
  ],
);
assert.deepEqual(report.lookAlikes, { count: 0, first: [] });
assert.ok(report.notChecked.length > 3, 'it says what it did not look at');
assert.equal(report.failures.length, 22);
assert.deepEqual([report.proof.holds, report.proof.openedUnderNewKey, report.proof.lost], [true, 2468, []]);
// The picture of the README is drawn from a report that is committed: it has the same figures.
const pictured = JSON.parse(readFileSync(new URL('../docs/report/demo.json', import.meta.url), 'utf8'));
const figures = ({ verdict, remaining, stores, keyMaterials, failures }) => ({
  ...{ verdict, remaining, failures: failures.length },
  stores: stores.map(({ store, records, dataKeys, outcomes, proven }) => [
    store,
    records,
    dataKeys,
    outcomes,
    proven,
  ]),
  keyMaterials: keyMaterials.map(({ before, after }) => [before, after]),
});
assert.deepEqual(figures(pictured), figures(report), 'docs/report/demo.json is the report of a demo');
console.log(
  `demo: 2,468 data keys moved and proven, 22 named${seconds === undefined ? '' : `, in ${seconds} s`}`,
);

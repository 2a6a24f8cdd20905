// Checks the figures of `npm run demo:region -- --json`: 600 items and 200 objects go to another Region over a bridge key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [file, code, seconds] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));

assert.equal(Number(code), 0, 'exit code 0: everything is moved');
// Absent where something else ran beside it.
if (seconds !== undefined) assert.ok(Number(seconds) < 90, `under 90 seconds, took ${seconds}`);
assert.deepEqual([report.state, report.route.type, report.keepsSource], ['succeeded', 'bridge', true]);
assert.deepEqual(
  report.stores.map(({ complete, records, outcomes }) => ({ complete, records, outcomes })),
  [
    { complete: true, records: 600, outcomes: { rewrapped: 600 } },
    { complete: true, records: 200, outcomes: { rewrapped: 200 } },
  ],
);
// The source records stay, and each has a copy under the European key.
assert.deepEqual(
  report.keyMaterials.map(({ keyArn, before, after }) => [keyArn.split(':')[3], before, after]),
  [
    ['us-east-1', 800, 800],
    ['eu-west-1', 0, 800],
  ],
);
// Groups of five documents share a data key. Each distinct one takes two hops and one verification, once a page.
assert.ok(
  report.kms.requests <= 800 * 3,
  `at most three requests for each data key, were ${report.kms.requests}`,
);
assert.equal(report.remaining, 0);
assert.deepEqual([report.proof.holds, report.proof.openedUnderNewKey, report.proof.lost], [true, 800, []]);
console.log(
  `demo:region: 800 data keys moved over a bridge and opened without the old Region${seconds === undefined ? '' : `, in ${seconds} s`}`,
);

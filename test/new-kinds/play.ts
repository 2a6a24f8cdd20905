// Plans, runs and reports a job that uses all three, and prints what it saw. It runs as test/new-kinds/play.ts of the copy.
import { Buffer } from 'node:buffer';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { item, jobInput, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { fakePorts } from '../support/fake-ports.ts';
import { ports as planPorts, REQUEST, stores } from '../support/plan-ports.ts';

const shelf = { type: 'shelf', shelf: 'A', format: { type: 'sealed-note', seal: 'wax' } };
const route = { type: 'by-hand' };

function problemsOf(changes: Record<string, unknown>): readonly string[] {
  const parsed = parseJob(jobInput(changes), formats);
  return parsed.kind === 'refused' ? parsed.problems.map(formatProblem) : [];
}

const parsed = parseJob(jobInput({ stores: [shelf], route }), formats);
if (parsed.kind === 'refused') throw new Error(parsed.problems.map(formatProblem).join('\n'));
const ports = fakePorts();
for (const id of ['one', 'two', 'three'])
  ports.records.put(
    item(id, { wax: { S: Buffer.from(ports.keys.encrypt(OLD_KEY, id, {})).toString('base64') } }),
  );
const catalogs = { ...stores(), shelf: { countNotes: () => Promise.resolve(3) } };
const { plan, units } = await planRun(
  { ...REQUEST, jobs: [parsed.job] },
  planPorts({ stores: catalogs, records: ports.records }),
);
const [unit] = units;
if (unit === undefined) throw new Error('the plan has no unit');
const scope = unitScope(unit, plan, formats);
const done = [await migrateUnit(scope, ports), await verifyUnit(scope, { ...ports, archive: ports.journal })];
const report = await foldReport({
  plan,
  units: (async function* () {
    yield* await Promise.resolve(done);
  })(),
  endedAt: new Date(0).toISOString(),
  files: { run: '', journal: '' },
});
const held = [...ports.records.items.values()].map(({ attributes: { wax } }) =>
  ports.keys.decrypt(Buffer.from(wax !== undefined && 'S' in wax ? wax.S : '', 'base64'), {}),
);
console.log(
  JSON.stringify({
    problems: {
      misspelt: problemsOf({ stores: [{ ...shelf, shelve: 'A' }] }),
      twice: problemsOf({ stores: [shelf, shelf] }),
      asymmetric: problemsOf({
        stores: [shelf],
        destination: { key: NEW_KEY, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
      }),
      attributeFormat: problemsOf({ stores: [{ ...shelf, format: { type: 'attribute', dataKey: 'wax' } }] }),
      otherRecords: problemsOf({ stores: [{ ...shelf, format: { type: 'object-metadata', dataKey: 'w' } }] }),
    },
    plan: {
      ...{ route: plan.route, warnings: plan.warnings, kmsRequests: plan.estimate.kmsRequests },
      ...{ writes: plan.estimate.usd.writes, slots: plan.slots },
    },
    report: { stores: report.stores.map(({ store, verdict }) => ({ store, verdict })), state: report.state },
    notChecked: report.notChecked,
    held,
  }),
);

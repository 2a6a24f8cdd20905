import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { clients } from '../../examples/orders-app/clients.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import type { ClientConfig } from '../../lambda/adapters/client-config.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/deployment.ts';
import { journalObjects } from '../../lambda/adapters/journal-export.ts';
import { s3Client } from '../../lambda/adapters/record-store.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { LOCAL_CREDENTIALS, startEmbeddedAws, synthesize } from '../embedded-aws.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { prove, proofText, type Proof } from '../demo-proof.ts';
import { reportText } from '../render/terminal.ts';
import { RunWatch } from '../run-watch.ts';
import { STACK_NAME, type CommandContext } from './command.ts';
import { followToReport, showEnd } from './run.ts';

const REGION = 'us-east-1';
const QUANTITIES = { orders: 2_000, documents: 500 } as const;

/** `rewrap demo`, which `npm start` runs: everything, from a job file to proven records, on an AWS of its own. */
export async function demo(context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = resolve('.rewrap', `demo-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
  console.note('Synthesizing the stack for examples/jobs …');
  await synthesize({ jobs: 'examples/jobs', outdir: join(folder, 'cdk.out') });
  const embedded = await startEmbeddedAws({ logFolder: join(folder, 'logs') });
  try {
    const stacks = await embedded.deploy(join(folder, 'cdk.out'));
    console.note(`Deployed ${stacks.join(', ')} to ${embedded.endpoint}.`);
    return await migrateAndProve(folder, {
      ...context,
      aws: { endpoint: embedded.endpoint, region: REGION },
    });
  } finally {
    await embedded.stop();
  }
}

async function migrateAndProve(folder: string, context: CommandContext): Promise<ExitCode> {
  const { console, aws } = context;
  const app = clients({ region: REGION, ...aws });
  console.note(
    `Writing ${QUANTITIES.orders} items and ${QUANTITIES.documents} objects, each with a data key under the old key …`,
  );
  const keys = await createKeys(app);
  const flawed = await writeOrders(app, keys, QUANTITIES);

  const deployment = await findDeployment(STACK_NAME, aws);
  const watch = new RunWatch(deployment, aws);
  const runId = `orders-migrate-${Date.now()}`;
  await watch.executions.start(runId, { job: 'orders', mode: 'migrate' });
  console.note(`Run ${runId}: Plan, Migrate, Verify, Report.`);
  const { status, report } = await followToReport(watch, runId, context);
  if (report === undefined) return showEnd(status, report, context);

  await saveFiles(folder, { deployment, report, aws });
  const proof = await prove(app, { keys, flawed });
  const exitCode = proof.holds ? exitCodeOf(report) : EXIT.failed;
  show(report, proof, { folder, context });
  if (exitCode === EXIT.left)
    console.note(
      'Exit code 1 tells scripts that some data keys were not moved: the broken and foreign ones of this demo.',
    );
  return exitCode;
}

function show(
  report: Report,
  proof: Proof,
  { folder, context: { console } }: { readonly folder: string; readonly context: CommandContext },
): void {
  if (console.json) return console.out(JSON.stringify({ ...report, proof, folder }, null, 2));
  console.out(reportText(report));
  console.out('');
  console.out(proofText(proof));
  console.out('');
  console.out(`Report     ${join(folder, 'report.html')} and report.json`);
  console.out(`Journal    ${join(folder, 'journal')} (gzip JSON Lines)`);
  console.out(`Logs       ${join(folder, 'logs')} (one line for each data key, with both key material ids)`);
}

/** The embedded AWS forgets everything when it ends: what a person wants to look at goes to a folder. */
async function saveFiles(
  folder: string,
  {
    deployment,
    report,
    aws,
  }: { readonly deployment: Deployment; readonly report: Report; readonly aws: ClientConfig },
): Promise<void> {
  const save = (name: string, body: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), body);
  };
  save('report.json', JSON.stringify(report, null, 2));
  save('report.html', reportHtml(report));
  for await (const { key, body } of journalObjects(s3Client(aws), deployment.journalBucket, report))
    save(`journal/${key}`, body);
}

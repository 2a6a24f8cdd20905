import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_DEPLOYMENT } from '../../lambda/core/job/deployed-settings.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import { findDeployment, type Deployment } from '../../lambda/adapters/run/deployment.ts';
import { journalObjects } from '../../lambda/adapters/journal/export.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { writeOutput } from '../context/output-file.ts';
import type { CommandContext } from '../context/command-context.ts';
import { followToReport, showEnd } from '../follow/follow-run.ts';
import { LOCAL_CREDENTIALS, startEmbeddedAws, synthesize } from '../embedded/embedded-aws.ts';
import { LostSight } from '../follow/keep-in-sight.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { reportText } from '../render/terminal.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { proofText, type Proof } from './proof.ts';

/** An embedded AWS for one demo, with its job deployed. */
export interface Stage {
  readonly endpoint: string;
  /** Keeps the results for the user, because the embedded AWS forgets everything when it stops. */
  readonly folder: string;
}

/** Its AWS has ended with the demo, so these are about one of your own. */
const NEXT = [rewrapStep(['init'], 'writes a job for a table or bucket of yours', {})];

/** Whoever uses the credentials of this computer, in the embedded AWS. Its journal is shown, and only named readers may read that. */
const YOU = 'arn:aws:iam::111122223333:user/local';

export async function onStage(
  { jobs, name }: { readonly jobs: string; readonly name: string },
  { console }: CommandContext,
  play: (stage: Stage) => Promise<ExitCode>,
): Promise<ExitCode> {
  Object.assign(process.env, LOCAL_CREDENTIALS);
  const folder = resolve('.rewrap', `${name}-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`);
  console.note(`Synthesizing the stacks for ${jobs} …`);
  await synthesize({ jobs, outdir: join(folder, 'cdk.out'), settings: { journalReaders: [YOU] } });
  const embedded = await startEmbeddedAws({ logFolder: join(folder, 'logs') });
  try {
    const stacks = await embedded.deploy(join(folder, 'cdk.out'));
    console.note(`Deployed ${stacks.join(', ')} to ${embedded.endpoint}.`);
    return await play({ endpoint: embedded.endpoint, folder });
  } catch (error) {
    if (!(error instanceof LostSight)) throw error;
    console.note('interrupted: the embedded AWS, and the run in it, end with this command');
    return EXIT.unseen;
  } finally {
    await embedded.stop();
  }
}

export type Played =
  | { readonly kind: 'reported'; readonly report: Report }
  | { readonly kind: 'ended'; readonly exitCode: ExitCode };

/** Runs a migration until its report is there, and saves the report and the journal. */
export async function migrate(job: string, { folder }: Stage, context: CommandContext): Promise<Played> {
  const { console, aws } = context;
  const deployment = await findDeployment(DEFAULT_DEPLOYMENT, aws);
  const watch = new RunWatch(deployment, aws);
  const runId = `${job}-migrate-${Date.now()}`;
  await watch.executions.start(runId, { job, mode: 'migrate' });
  console.note(`Run ${runId}: Plan, Migrate, Verify, Report.`);
  const { status, report } = await followToReport(watch, runId, context);
  if (report === undefined) return { kind: 'ended', exitCode: showEnd(status, report, context) };
  await saveFiles(folder, { deployment, report, aws });
  return { kind: 'reported', report };
}

interface Shown {
  readonly report: Report;
  readonly proof: Proof;
  /** What the proof shows, in one sentence. */
  readonly claim: string;
}

export function show({ report, proof, claim }: Shown, { folder }: Stage, { console }: CommandContext): void {
  console.result(
    { ...report, proof, folder },
    shown =>
      [
        reportText(shown),
        '',
        proofText(shown.proof, claim),
        '',
        `Report     ${join(folder, 'report.html')} and report.json`,
        `Journal    ${join(folder, 'journal')} (gzip JSON Lines)`,
        `Logs       ${join(folder, 'logs')} (all data keys that moved, by page, with both key material ids)`,
      ].join('\n'),
    NEXT,
  );
}

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
    writeOutput(join(folder, name), body);
  };
  save('report.json', JSON.stringify(report, null, 2));
  save('report.html', reportHtml(report));
  for await (const { key, body } of journalObjects(
    new AwsClients(aws).s3(),
    deployment.journalBucket,
    report,
  ))
    save(`journal/${key}`, body);
}

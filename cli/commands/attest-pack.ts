import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { writePack } from '../../lambda/adapters/files/pack-file.ts';
import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { OutputLost, wordsOf } from '../context/output-file.ts';
import { noSuchRun } from '../deployment/nearest.ts';
import { filesOfPack, type RunToPack } from '../deployment/packed-run.ts';
import { RunWatch } from '../deployment/run-watch.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { packedText, type PackedRun } from '../render/attested.ts';
import { trailOfRun, type PackedTrail } from './packed-trail.ts';

export interface PackOptions {
  /** @default RUN.tar.gz */
  readonly out?: string;
  /** Old data keys as well, which few may read. */
  readonly intents?: boolean;
  /** `s3://BUCKET/PREFIX`, or a folder. */
  readonly trail?: string;
  readonly trailRegion?: string;
  /** US dollars that reading the trail may cost at most. */
  readonly budget: number;
}

/** `rewrap attest pack RUN`: all that an auditor needs of a run, in one file. */
export async function attestPack(
  runId: string,
  options: PackOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, aws } = context;
  const deployment = await findDeployment(context.deployment, aws);
  const watch = new RunWatch(deployment, aws);
  const report = await watch.files.readReport(runId);
  if (report === undefined) {
    console.note(await noSuchRun(runId, watch));
    return EXIT.refused;
  }
  const run = runToPack({ report, deployment, options, aws });
  const trail = (requestIds: ReadonlySet<string>): Promise<PackedTrail | undefined> =>
    trailOfRun({ ...run, requestIds, options }, context);
  const files = await filesOfPack(run, { files: watch.files, trail, context });
  if (files === undefined) {
    console.note(
      `nothing was signed about run ${runId}: it has no statement. Runs have one after "evidence": true was deployed`,
    );
    return EXIT.refused;
  }
  const out = options.out ?? `${runId}.tar.gz`;
  const written = await writePack(out, files, { folder: runId, at: run.now }).catch((error: unknown) =>
    throwLost(out, error),
  );
  const packed: PackedRun = {
    job: report.job,
    runId,
    file: out,
    ...written,
    intents: run.kinds.includes('intents'),
  };
  console.result(packed, packedText, [
    rewrapStep(['attest', 'verify', out], 'checks it, as its reader will', hereOf(context)),
  ]);
  return EXIT.done;
}

function runToPack({
  report,
  deployment,
  options,
  aws,
}: Pick<RunToPack, 'report' | 'deployment'> & {
  readonly options: PackOptions;
  readonly aws: CommandContext['aws'];
}): RunToPack {
  const kinds = options.intents === true ? (['outcomes', 'intents'] as const) : (['outcomes'] as const);
  return { report, deployment, kinds, now: new Date(), clients: new AwsClients(aws) };
}

/** What the disk says; what AWS says is passed on. */
function throwLost(file: string, error: unknown): never {
  if (typeof (error as { readonly syscall?: unknown }).syscall !== 'string') throw error;
  throw new OutputLost(`${file} was not written: ${wordsOf(error)}`, { cause: error });
}

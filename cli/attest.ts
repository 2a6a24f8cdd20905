import type { Command } from 'commander';
import type { CommandContext } from './context/command-context.ts';
import type { ExitCode } from './context/exit-codes.ts';
import type { PackOptions } from './commands/attest-pack.ts';
import type { VerifyOptions } from './commands/attest-verify.ts';
import { dollars, shared } from './options.ts';

type Work = (context: CommandContext, ...values: never[]) => ExitCode | Promise<ExitCode>;

/** `rewrap attest`. Its files are loaded when they are called. */
export function attestCommands(
  program: Command,
  act: (work: Work) => (...values: unknown[]) => Promise<void>,
): void {
  const attest = program.command('attest').description('evidence of runs');
  attestPackCommand(attest).action(
    act(async (context, runId: string, options: PackOptions) =>
      (await import('./commands/attest-pack.ts')).attestPack(runId, options, context),
    ),
  );
  attestVerifyCommand(attest).action(
    act(async (context, report: string, options: VerifyOptions) =>
      (await import('./commands/attest-verify.ts')).attestVerify(report, options, context),
    ),
  );
}

/** `rewrap attest pack`: the evidence of a run for somebody who has no access to the deployment. */
function attestPackCommand(attest: Command): Command {
  return shared(
    attest.command('pack <run>').description('packs the evidence of a run into one file, for an auditor'),
  )
    .option('--out <file>', 'a gzipped tar; by default RUN.tar.gz')
    .option('--intents', 'with the old data keys, encrypted, which few may read')
    .option(
      '--trail <place>',
      'log files of CloudTrail, for the ids of the calls of the run: s3://BUCKET/PREFIX, or a folder',
    )
    .option('--trail-region <region>', 'where the bucket of the trail is; by default, where the calls were')
    .option(
      '--budget <dollars>',
      'what reading the trail may cost at most in each Region; beyond it, nothing is written',
      dollars,
      5,
    );
}

/** `rewrap attest verify`: what the evidence of a run is for. */
function attestVerifyCommand(attest: Command): Command {
  return shared(
    attest
      .command('verify <report>')
      .description('is a report.json, or a pack, and the journal of its run, what was signed?'),
  )
    .option(
      '--journal <folder>',
      'a copy of the journal bucket, or s3://BUCKET; by default the folder of the report',
    )
    .option('--public-key <file>', 'PEM; by default the one beside the report')
    .option('--outcomes-only', 'leave out the intents, which few may read');
}

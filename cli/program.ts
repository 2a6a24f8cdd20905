import packageJson from '../package.json' with { type: 'json' };
import { Argument, Command, Option } from 'commander';
import { attestCommands } from './attest.ts';
import { addCompletion } from './completion.ts';
import { guarded, shown, unread } from './endings.ts';
import { contextOf, type SharedOptions } from './context/shared-options.ts';
import type { CommandContext } from './context/command-context.ts';
import type { Control } from './commands/control.ts';
import type { DiscoverOptions } from './commands/discover.ts';
import type { FileOptions } from './commands/file.ts';
import type { InitOptions } from './commands/init.ts';
import type { InspectOptions } from './commands/inspect.ts';
import type { LocalOptions } from './commands/local.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { ReportOptions } from './commands/report.ts';
import type { RetireOptions } from './commands/retire-check.ts';
import type { CapacityOptions } from './commands/rollback.ts';
import type { RunOptions } from './commands/run.ts';
import type { BatchOptions } from './commands/s3-batch.ts';
import { plainOutput } from './context/process-console.ts';
import { settingsHere } from './context/settings-here.ts';
import {
  assuming,
  capacity,
  discoverCommand,
  initCommand,
  planCommand,
  reportCommand,
  shared,
  wholeNumber,
  retireCheckCommand,
  s3BatchCommand,
  runCommand,
} from './options.ts';
import { EXIT, type ExitCode } from './context/exit-codes.ts';

/** All commands and options: what `main` reads, and what docs/cli.md is made of. */
export function commandLine(end: (code: ExitCode) => void): Command {
  const program = new Command('rewrap')
    .description('Re-encrypts stored KMS data keys under a new key.')
    .version(`kms-rewrap ${packageJson.version}`, '-v, --version', 'the version of kms-rewrap')
    .exitOverride()
    .configureOutput(plainOutput);
  defineCommands(program, end);
  return program;
}

/** Reads the command line, runs one command and returns its exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = commandLine(code => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // commander has already printed what is wrong. --help and --version are not errors.
    if ((error as { readonly exitCode?: number }).exitCode === 0) return EXIT.done;
    return unread(argv, error as Error);
  }
  return exitCode;
}

const CONTROLS: readonly (readonly [Control, string])[] = [
  ['stop', 'ends a run after the current page of each worker; the same job, started again, continues'],
  ['pause', 'pauses a run after the current page of each worker'],
  ['resume', 'lets a paused run continue'],
];

type Work = (context: CommandContext, ...values: never[]) => ExitCode | Promise<ExitCode>;

/** What a group of commands is defined with. */
interface Definer {
  /** Adds the shared options to each command, so that people may write them after its name. */
  readonly command: (name: string, description: string) => Command;
  readonly act: (work: Work) => (...values: unknown[]) => Promise<void>;
}

/** Loads each command only when it is called. Loading all of them takes a second, most of it for the SDK's clients. */
function defineCommands(program: Command, end: (code: ExitCode) => void): void {
  const definer: Definer = {
    command: (name, description) => shared(program.command(name).description(description)),
    act:
      work =>
      async (...values) => {
        const context = await contextOf((values.at(-1) as Command).opts<SharedOptions>(), process.env);
        end(await shown(context, await guarded(context, () => work(context, ...(values as never[])))));
      },
  };
  commandsToTry(definer);
  commandsOfRuns(definer);
  commandsToFind(definer);
  commandsToLook(definer);
  commandsOfFiles(definer);
  const jobs = program.command('jobs').description('job files');
  shared(jobs.command('validate <files...>').description('validates job files')).action(
    definer.act(async (context, files: string[]) =>
      (await import('./commands/jobs-validate.ts')).jobsValidate(files, context),
    ),
  );
  attestCommands(program, definer.act);
  addCompletion(program, settingsHere().jobs);
}

function commandsToTry({ command, act }: Definer): void {
  command('demo', 'fills an embedded AWS with encrypted records, migrates and proves them')
    .addArgument(new Argument('[scenario]').choices(['rotation', 'region']).default('rotation'))
    .action(
      act(async (context, scenario: string) =>
        scenario === 'region'
          ? (await import('./commands/demo-region.ts')).demoRegion(context)
          : (await import('./commands/demo.ts')).demo(context),
      ),
    );
  command('local', 'keeps an embedded AWS running with your jobs deployed')
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .option('--port <port>', 'port on loopback; 0 takes a free one', wholeNumber, 4566)
    .addOption(
      new Option('--demo', 'with the job and the data of rewrap demo, to try commands on').conflicts('jobs'),
    )
    .action(
      act(async (context, options: LocalOptions) =>
        (await import('./commands/local.ts')).local(options, context),
      ),
    );
}

function commandsOfRuns({ command, act }: Definer): void {
  planCommand(command)
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .action(
      act(async (context, job: string, options: PlanOptions) =>
        (await import('./commands/plan.ts')).plan(job, options, context),
      ),
    );
  runCommand(command).action(
    act(async (context, job: string, options: RunOptions) =>
      (await import('./commands/run.ts')).run(job, options, context),
    ),
  );
  capacity(
    command('rollback <run>', 'restores what a run has replaced, unless someone has changed it since'),
  ).action(
    act(async (context, runId: string, options: CapacityOptions) =>
      (await import('./commands/rollback.ts')).rollback(runId, options, context),
    ),
  );
  for (const [what, words] of CONTROLS)
    command(`${what} <run>`, words).action(
      act(async (context, runId: string) =>
        (await import('./commands/control.ts')).control(what, runId, context),
      ),
    );
  capacity(command('rate <run>', 'changes the limits of a run while it runs, up to what its job allows'))
    .addArgument(
      new Argument('[requests-per-second]', 'of KMS: a whole number, at least 1').argParser(wholeNumber),
    )
    .action(
      act(async (context, runId: string, requestsPerSecond: number | undefined, options: CapacityOptions) =>
        (await import('./commands/rate.ts')).rate(
          runId,
          { ...onlyCapacity(options), ...(requestsPerSecond !== undefined && { requestsPerSecond }) },
          context,
        ),
      ),
    );
}

function commandsToFind({ command, act }: Definer): void {
  discoverCommand(command)
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .action(
      act(async (context, options: DiscoverOptions) =>
        (await import('./commands/discover.ts')).discover(options, context),
      ),
    );
  const inspect = command(
    'inspect <store>',
    'says what data keys a table or s3://BUCKET/PREFIX holds, and writes the job for them',
  );
  assuming(inspect)
    .option('--sample <n>', 'records to look at', wholeNumber, 500)
    .option('--write <file>', 'also write the job to a new file')
    .action(
      act(async (context, store: string, options: InspectOptions) =>
        (await import('./commands/inspect.ts')).inspect(store, options, context),
      ),
    );
}

function commandsToLook({ command, act }: Definer): void {
  command(
    'status [run]',
    'shows the progress of a run, or the latest runs; and who holds which store',
  ).action(
    act(async (context, runId?: string) => (await import('./commands/status.ts')).status(runId, context)),
  );
  command('watch <run>', 'follows a run to its report, whoever started it').action(
    act(async (context, runId: string) => (await import('./commands/watch.ts')).watchRun(runId, context)),
  );
  reportCommand(command).action(
    act(async (context, runId: string, options: Omit<ReportOptions, 'version'>) =>
      (await import('./commands/report.ts')).report(
        runId,
        { ...options, version: packageJson.version },
        context,
      ),
    ),
  );
  retireCheckCommand(command)
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .action(
      act(async (context, key: string, options: RetireOptions) =>
        (await import('./commands/retire-check.ts')).retireCheckCommand(key, options, context),
      ),
    );
  s3BatchCommand(command)
    .option('--jobs <folder>', 'folder of job files; by default that of deployment.json', settingsHere().jobs)
    .action(
      act(async (context, job: string, options: BatchOptions) =>
        (await import('./commands/s3-batch.ts')).s3Batch(job, options, context),
      ),
    );
}

function commandsOfFiles({ command, act }: Definer): void {
  initCommand(command).action(
    act(async (context, store: string | undefined, options: InitOptions) =>
      (await import('./commands/init.ts')).init(store, options, context),
    ),
  );
  command('file <paths...>', 're-wraps the data keys of SOPS files on this computer, without a deployment')
    .requiredOption('--source <key...>', 'ARN, or alias ARN, of each key that data keys may be under')
    .requiredOption('--destination <key>', 'ARN, or alias ARN, of the key that they are moved to')
    .option('--dry-run', 'KMS checks every data key, and nothing is written')
    .action(
      act(async (context, paths: string[], options: FileOptions) =>
        (await import('./commands/file.ts')).file(paths, options, context),
      ),
    );
}

function onlyCapacity({ readCapacityPerSecond, writeCapacityPerSecond }: CapacityOptions): CapacityOptions {
  return {
    ...(readCapacityPerSecond !== undefined && { readCapacityPerSecond }),
    ...(writeCapacityPerSecond !== undefined && { writeCapacityPerSecond }),
  };
}

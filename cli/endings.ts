import { callerTrouble, type Caller } from '../lambda/adapters/aws/caller-trouble.ts';
import { wordsForCaller } from '../lambda/adapters/aws/failure.ts';
import { NotDeployed } from '../lambda/adapters/run/deployment.ts';
import { RewrapError } from '../lambda/core/model/errors.ts';
import { JobsRefused } from '../lib/jobs/jobs-refused.ts';
import type { CommandContext } from './context/command-context.ts';
import { EXIT, type ExitCode } from './context/exit-codes.ts';
import { OutputLost, wordsOf } from './context/output-file.ts';
import { processConsole } from './context/process-console.ts';
import { NotStarted, SynthFailed } from './embedded/embedded-aws.ts';
import { LostSight } from './follow/keep-in-sight.ts';

/** The parser has refused the command line, and so it has no context. */
export async function unread(argv: readonly string[], { message }: Error): Promise<ExitCode> {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const console = processConsole(words.includes('--json'));
  console.unanswered({ name: 'Refused', code: 'cli.commandLine', words: message.replace(/^error: /, '') });
  await console.settled();
  return EXIT.refused;
}

/** Prints an error. The user can mend a refusal; everything else is a failure. */
export async function guarded(
  { console, caller }: CommandContext,
  work: () => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    const words = wordsForCaller(error, caller);
    console.note(words);
    const exitCode = exitCodeOfError(error, caller);
    console.unanswered({
      ...{ name: NAMES[exitCode], words },
      ...(error instanceof RewrapError && { code: error.code }),
    });
    return exitCode;
  }
}

const NAMES = { [EXIT.refused]: 'Refused', [EXIT.failed]: 'Failed', [EXIT.unseen]: 'NotShown' } as const;

function exitCodeOfError(error: unknown, caller: Caller): keyof typeof NAMES {
  if (error instanceof LostSight || error instanceof OutputLost) return EXIT.unseen;
  const refused =
    error instanceof JobsRefused ||
    error instanceof RewrapError ||
    error instanceof NotDeployed ||
    error instanceof NotStarted ||
    (error instanceof SynthFailed && error.refused) ||
    // A run whose start was not answered is LostSight. Before that, nothing was started.
    callerTrouble(error, caller) !== undefined;
  return refused ? EXIT.refused : EXIT.failed;
}

function isUnanswered(exitCode: ExitCode): exitCode is keyof typeof NAMES {
  return exitCode in NAMES;
}

/** The exit code, if the result has reached its reader, or the reader wanted no more of it. */
export async function shown({ console }: CommandContext, exitCode: ExitCode): Promise<ExitCode> {
  if (isUnanswered(exitCode)) console.unanswered({ name: NAMES[exitCode] });
  const written = await console.settled();
  if (!(written instanceof Error)) return exitCode;
  console.note(`the result was not written: ${wordsOf(written)}`);
  return EXIT.unseen;
}

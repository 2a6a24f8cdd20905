import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WITH_PRODUCT } from './bounds.ts';
import { held, heldText } from './cost/beyond.ts';
import { startEmbedded } from './embedded.ts';
import { endJson, endText, exitCodeOf } from './ends.ts';
import { clean, liveRun, type Around, type Cleaning, type LiveRun } from './live-run.ts';
import { askedBy, HELP } from './options.ts';
import { policyOf } from './policy.ts';
import { NOT_ASKED } from './questions/not-asked.ts';
import { QUESTIONS } from './questions/registry.ts';

/** Not in `.rewrap`, which `npm run clean` removes. */
const LEDGERS = fileURLToPath(new URL('../../.rewrap-live/', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const asked = askedBy(args);
  switch (asked.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'refused':
      say(asked.why);
      return 2;
    case 'policy':
      process.stdout.write(`${JSON.stringify(policyOf(asked.account), undefined, 2)}\n`);
      return 0;
    case 'live':
    case 'clean':
      return asked.embedded ? onEmbedded(asked) : play(asked, asked.ledgers ?? LEDGERS);
  }
}

/** Nothing of the environment counts: no credentials, no profile and no endpoint of another AWS. */
async function onEmbedded(asked: LiveRun | Cleaning): Promise<number> {
  const ledgers = mkdtempSync(join(tmpdir(), 'rewrap-live-'));
  const embedded = await startEmbedded();
  const { accessKeyId, secretAccessKey, sessionToken } = embedded.credentials;
  for (const name of Object.keys(process.env).filter(one => one.startsWith('AWS_')))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  try {
    const code = await play({ ...asked, endpoint: embedded.endpoint }, ledgers);
    const lines = held(WITH_PRODUCT, embedded.reading());
    say(heldText(lines));
    return lines.some(({ counted, reckoned }) => counted > reckoned) ? 3 : code;
  } finally {
    await embedded.stop();
    rmSync(ledgers, { recursive: true, force: true });
  }
}

async function play(asked: LiveRun | Cleaning, ledgers: string): Promise<number> {
  const interrupted = interruptions();
  const around: Around = { ledgers, questions: QUESTIONS, say, signal: interrupted };
  const result = await (asked.kind === 'live' ? liveRun(asked, around) : clean(asked, around));
  if (result.kind === 'refused') say(result.why);
  else {
    say(endText(result, NOT_ASKED));
    if (asked.kind === 'live' && asked.json)
      process.stdout.write(`${JSON.stringify(endJson(result, NOT_ASKED), undefined, 2)}\n`);
  }
  return exitCodeOf(result, interrupted.aborted);
}

/** The first Ctrl-C ends the asking and begins the removing; the second one ends that. */
function interruptions(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(4);
      say(
        'Interrupted: what was made is being removed. Once more ends that as well, and --clean takes it up again.',
      );
      controller.abort();
    });
  return controller.signal;
}

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

process.exitCode = await main(process.argv.slice(2));

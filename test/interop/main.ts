import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import { OFFERS } from './installers.ts';
import { CREDENTIALS } from './process-client.ts';
import { NotThere } from './registries.ts';
import { begin, finish, type Result, type Step, type Trial } from './trial.ts';

/**
 * Real clients against the embedded AWS: each writes and reads; a job moves its data keys; each reads again with the old
 * key disabled. Exit 1 if a client that is installed fails; one that cannot be installed is named, and has not passed.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, cache: { type: 'string' } } });
  const cache =
    values.cache ?? fileURLToPath(new URL('../../node_modules/.cache/kms-rewrap/interop', import.meta.url));
  mkdirSync(cache, { recursive: true });
  Object.assign(process.env, CREDENTIALS, {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
  });
  const only = values.only?.split(',');
  const offers = OFFERS.filter(({ name }) => only?.includes(name) ?? true);
  if (offers.length === 0)
    throw new Error(`no such client; there are ${OFFERS.map(({ name }) => name).join(', ')}`);
  const aws = new EmbeddedAws({ waitScale: 0 });
  const endpoint = await aws.start();
  try {
    const trials: Trial[] = [];
    const skipped: string[] = [];
    for (const offer of offers) {
      const { name, software } = offer;
      say(`${name}: ${software}`);
      try {
        trials.push(await begin(await offer.install(cache), endpoint));
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
        skipped.push(`${name} (${software}): ${error.message}`);
      }
    }
    return conclude(await finish(trials, aws, endpoint), skipped);
  } finally {
    await aws.stop();
  }
}

function conclude(results: readonly Result[], skipped: readonly string[]): number {
  const rows = results.map(({ name, write, read, rewrapped, readAgain }) => ({
    client: name,
    written: shown(write),
    read: shown(read),
    rewrapped: shown(rewrapped),
    'read again, old key disabled': shown(readAgain),
  }));
  say('');
  process.stdout.write(`${table(rows)}\n`);
  for (const one of skipped) process.stdout.write(`skipped, not passed: ${one}\n`);
  const steps = results.flatMap(({ name, write, read, rewrapped, readAgain }) =>
    [write, read, rewrapped, readAgain].map(step => ({ name, step })),
  );
  const failures = steps.flatMap(({ name, step }) =>
    step.kind === 'failed' ? [`${name}: ${step.why}`] : [],
  );
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function shown(step: Step): string {
  return step.kind === 'ok' ? step.words : step.kind === 'failed' ? 'FAILED' : step.why;
}

function table(rows: readonly Readonly<Record<string, string>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map(row => names.map(name => row[name] ?? ''))];
  const widths = names.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

process.exitCode = await main();

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../interop/process.ts';
import { NotThere } from '../interop/registries.ts';
import { isOf, type Difference } from './differences.ts';
import { KNOWN } from './known-differences.ts';
import { outcomesIn, type Outcome } from './outcomes.ts';
import { PEERS, type Peer, type Program } from './peers.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The contract suites on other AWSs. Exit 1 if one differs in what is not known, no longer in what is, or for more than one reason; one
 * that cannot be installed is named, and has not been compared.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, cache: { type: 'string' } } });
  const cache = values.cache ?? join(ROOT, 'node_modules/.cache/kms-rewrap/peers');
  mkdirSync(cache, { recursive: true });
  const only = values.only?.split(',');
  const peers = PEERS.filter(({ name }) => only?.includes(name) ?? true);
  if (peers.length === 0)
    throw new Error(`there is no such AWS; there are ${PEERS.map(({ name }) => name).join(', ')}`);
  let problems = 0;
  for (const peer of peers) {
    try {
      problems += conclude(peer, await compared(peer, cache));
    } catch (error) {
      if (!(error instanceof NotThere)) throw error;
      say(`skipped, not compared: ${peer.name} (${peer.software}): ${error.message}`);
    }
  }
  return problems === 0 ? 0 : 1;
}

async function compared(peer: Peer, cache: string): Promise<readonly Outcome[]> {
  const { name, services, suites } = peer;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const program = await peer.install(cache, port);
  const child = started(program, join(cache, `${name}.log`));
  try {
    await answers(endpoint, child);
    const file = join(cache, `${name}.json`);
    const asked = join(cache, `${name}.asked`);
    writeFileSync(asked, '');
    const jest = [
      '--no',
      'jest',
      '--',
      '--runInBand',
      '--json',
      '--outputFile',
      file,
      '--testTimeout',
      '15000',
    ];
    const projects = ['--selectProjects', 'emulator', 'contract', 'peers', '--testPathPatterns'];
    await run(['npx', ...jest, ...projects, ...suites.map(suite => `test/${suite}`)], {
      cwd: ROOT,
      env: { REWRAP_PEER: JSON.stringify({ name, endpoint, services, asked }) },
    });
    return outcomesIn(file, new Set(readFileSync(asked, 'utf8').split('\n')));
  } finally {
    child.kill('SIGKILL');
  }
}

function conclude({ name, software }: Peer, outcomes: readonly Outcome[]): number {
  const of = (kind: Outcome['kind']): readonly Outcome[] => outcomes.filter(one => one.kind === kind);
  const [same, different, nothing] = [of('same'), of('different'), of('nothing-to-compare')];
  const known = KNOWN.filter(({ peer }) => peer === name);
  const unknown = different.filter(outcome => !known.some(one => isOf(one, name, outcome)));
  const over = known.filter(one => !different.some(outcome => isOf(one, name, outcome)));
  const doubtful = different.filter(outcome => known.filter(one => isOf(one, name, outcome)).length > 1);
  say(
    `\n${name} (${software}): ${same.length} tests as here, ${different.length} different, ${nothing.length} with nothing to compare`,
  );
  for (const right of ['embedded', 'peer', 'not documented', 'not there'] as const) {
    const tests = different.filter(outcome => known.find(one => isOf(one, name, outcome))?.right === right);
    if (tests.length > 0) say(`  ${RIGHT[right]}: ${tests.length}`);
  }
  for (const { suite, test, message } of unknown)
    say(`NOT KNOWN ${suite}: ${test}\n    ${message.slice(0, 300)}`);
  for (const one of over) say(`NO LONGER DIFFERENT ${one.suite}: ${one.why}`);
  for (const { suite, test } of doubtful) say(`KNOWN BY MORE THAN ONE REASON ${suite}: ${test}`);
  return unknown.length + over.length + doubtful.length;
}

const RIGHT: Readonly<Record<Difference['right'], string>> = {
  embedded: 'AWS documents what the embedded AWS does',
  peer: 'AWS documents what the other does',
  'not documented': 'AWS does not document it',
  'not there': 'the other does not have it',
};

function started({ command: [file = '', ...args], env }: Program, log: string): ChildProcess {
  const output = openSync(log, 'w');
  return spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
}

/** Whatever it says, it is there. */
async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 120_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new NotThere(`it ended with ${child.exitCode}`);
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  throw new NotThere('it did not answer within two minutes');
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

process.exitCode = await main();

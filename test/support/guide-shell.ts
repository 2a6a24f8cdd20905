import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuideStep } from './guide.ts';
import { filledIn, matched, type Names } from './guide-match.ts';

const CLOCK = new URL('./shifted-clock.mjs', import.meta.url).href;
const HOUR_MS = 3_600_000;
const AWS_COMMAND = fileURLToPath(new URL('./aws-command.mjs', import.meta.url));

export interface Spoken {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** A shell in which the commands of a guide run, one after the other, as its reader would type them. */
export class GuideShell {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #aheadMs = 0;
  #names: Names = new Map();

  /** @param folder the working folder, with the package in it */
  constructor(folder: string, endpoint: string) {
    this.#folder = folder;
    const home = mkdtempSync(join(tmpdir(), 'guide-home-'));
    // The CDK CLI asks before it widens permissions, and has nobody to ask here.
    writeFileSync(join(home, '.cdk.json'), JSON.stringify({ requireApproval: 'never' }));
    this.#env = {
      ...process.env,
      ...{ AWS_ENDPOINT_URL: endpoint, HOME: home, CDK_HOME: home, NO_COLOR: '1', CI: '1' },
      ...{ PATH: `${binFolder()}${delimiter}${process.env['PATH'] ?? ''}`, NODE_NO_WARNINGS: '1' },
      // CloudFormation's own rules are test/infra/nag.test.ts's, and nothing here is told to anybody.
      ...{ CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_NOTICES_TIMEOUT: '1' },
    };
  }

  /** What `<name>` stands for, as far as outputs have told. */
  get names(): Names {
    return this.#names;
  }

  /** @throws Error that names the command, if its exit code or its output is not what the guide says */
  async follow(step: GuideStep): Promise<void> {
    this.#aheadMs += step.hoursLater * HOUR_MS;
    const { code, lines } = await this.#say(filledIn(step.command, this.#names));
    const where = `line ${step.line}: ${step.command}\n`;
    const output = `\nIts output:\n${lines.join('\n')}`;
    if (code !== step.exitCode)
      throw new Error(`${where}ended with ${code}, and the guide says ${step.exitCode}.${output}`);
    if (step.output === undefined) return;
    const match = matched(step.output, lines, this.#names);
    if (match.kind === 'different')
      throw new Error(
        `${where}the guide shows: ${match.expected}\nit printed:      ${match.actual}${output}`,
      );
    this.#names = match.names;
  }

  /** Both streams in one, as a terminal shows them. */
  #say(command: string): Promise<Spoken> {
    const later = { NODE_OPTIONS: `--import ${CLOCK}`, GUIDE_CLOCK_AHEAD_MS: String(this.#aheadMs) };
    const child = spawn('sh', ['-c', `(${command}) 2>&1`], {
      ...{ cwd: this.#folder, stdio: ['ignore', 'pipe', 'ignore'] },
      env: { ...this.#env, ...(this.#aheadMs > 0 && later) },
    });
    let words = '';
    child.stdout.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
    return new Promise(resolve =>
      child.on('close', code => resolve({ code, lines: words.trimEnd().split('\n').filter(Boolean) })),
    );
  }
}

/**
 * A folder for PATH that has an `aws`, and an `npx` that starts `rewrap` without npm, which would take longer than the command. Whatever
 * else npx is asked for, the real one runs.
 */
function binFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guide-bin-'));
  const node = `exec "${process.execPath}"`;
  const path = `PATH="\${PATH#${folder}${delimiter}}"`;
  const scripts = {
    aws: `${node} "${AWS_COMMAND}" "$@"`,
    npx: `if [ "$1" = rewrap ]; then shift; ${node} bin/rewrap.mjs "$@"; fi\n${path} exec npx "$@"`,
  };
  for (const [name, words] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${words}\n`, { mode: 0o755 });
  return folder;
}

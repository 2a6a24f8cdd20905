import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Planted = readonly [file: string, source: string, line?: string];

/** Each room with an import that it must not have, and words from the message, which says what to do instead. */
const FORBIDDEN: readonly (readonly [file: string, source: string, words: string])[] = [
  ['lambda/core/migrate-unit.ts', '@aws-sdk/client-kms', 'Only lambda/adapters may import the AWS SDK'],
  ['lambda/core/migrate-unit.ts', '../formats/registry.ts', 'the registry is handed in'],
  ['lambda/core/migrate-unit.ts', '../adapters/kms/key-service.ts', 'Import the port'],
  ['lambda/core/migrate-unit.ts', './plan/plan-run.ts', 'core/migrate-unit.ts may import core/model'],
  ['lambda/core/model/job.ts', '../job/parse-job.ts', 'core/model may import node:buffer'],
  ['lambda/core/lock/take-locks.ts', '../plan/ports.ts', 'core/lock may import core/model'],
  ['lambda/core/proof/store-proof.ts', '../report/report.ts', 'core/proof may import core/model'],
  ['lambda/core/report/report.ts', '../retire/findings.ts', 'core/report may import core/model'],
  ['lambda/core/plan/plan-run.ts', '../report/fold.ts', 'core/plan may import core/model'],
  ['lambda/core/plan/plan-run.ts', '../retire/ports.ts', 'core/plan may import core/model'],
  ['lambda/core/scan/pages.ts', '../journal/entries.ts', 'core/scan may import core/model'],
  ['lambda/core/ports.ts', './journal/entries.ts', 'core/ports.ts may import core/model'],
  ['lambda/core/attic/old.ts', '../model/job.ts', 'in no room'],
  ['lambda/core/plan/plan-run.ts', 'node:fs', 'core/plan may import'],
  ['lambda/core/plan/plan-run.ts', 'node:timers/promises', 'core/plan may import'],
  ['lambda/core/plan/plan-run.ts', 'node:worker_threads', 'core/plan may import'],
  ['lambda/core/plan/plan-run.ts', 'commander', 'core/plan may import'],
  ['lambda/formats/registry.ts', '@aws-sdk/client-dynamodb', 'Only lambda/adapters may import the AWS SDK'],
  ['lambda/formats/registry.ts', '../adapters/aws/clients.ts', 'Import the port'],
  ['lambda/formats/registry.ts', '../core/job/parse-job.ts', 'formats may import core/model'],
  ['lambda/formats/registry.ts', '../core/scan/find-data-keys.ts', 'formats may import core/model'],
  ['lambda/formats/registry.ts', 'node:http2', 'formats may import core/model'],
  ['lambda/adapters/kms/key-service.ts', '../../formats/registry.ts', 'Formats are known by the interface'],
  ['lambda/adapters/kms/key-service.ts', '../../handlers/plan.ts', 'Handlers are entry points'],
  ['lambda/adapters/kms/key-service.ts', '../stores/registry.ts', 'Import the port'],
  [
    'lambda/adapters/records/bounded-reads.ts',
    '../dynamodb/records.ts',
    'a room of adapters imports those above it',
  ],
  ['lambda/handlers/plan.ts', '@aws-sdk/client-s3', 'Only lambda/adapters may import the AWS SDK'],
  ['lib/kms-rewrap-stack.ts', '../lambda/adapters/kms/key-service.ts', 'Import the port'],
  ['lib/kms-rewrap-stack.ts', '../lambda/core/plan/plan-run.ts', 'lib may import core/model'],
  ['lib/kms-rewrap-stack.ts', '../cli/program.ts', 'cli/ talks to people'],
  ['lib/jobs/load-jobs.ts', '../pipeline/pipeline.ts', 'Only lib/jobs and what is granted'],
  ['cli/render/terminal.ts', '../commands/watch.ts', 'a room of it only those above it'],
  ['cli/deployment/run-watch.ts', '../follow/follow-run.ts', 'a room of it only those above it'],
  ['cli/commands/run.ts', '../program.ts', 'a room of it only those above it'],
  ['cli/program.ts', '@aws-sdk/client-sfn', 'Only lambda/adapters may import the AWS SDK'],
  ['cli/program.ts', 'aws-cdk-lib', 'synth time'],
  ['cli/program.ts', '../lib/pipeline/pipeline.ts', 'lib/ is synth time'],
  ['cli/program.ts', '../emulator/embedded-aws.ts', 'over its port'],
  ['emulator/embedded-aws.ts', '../lambda/core/model/arn.ts', 'imports nothing of ours'],
  ['emulator/embedded-aws.ts', '@aws-sdk/client-kms', 'imports nothing of ours'],
  ['emulator/kms/service.ts', '../s3/service.ts', 'imports nothing of ours'],
  ['test/faults/checker.ts', '../../lambda/core/ports.ts', 'shares no code with it'],
  ['examples/orders-app/envelope.ts', '../../lambda/core/ports.ts', 'imports nothing of ours'],
];

/** An import cycle of two files, and an import of a type only. */
const CIRCLE: readonly Planted[] = [
  ['lambda/core/model/one.ts', './other.ts', "import type { Other } from './other.ts';"],
  ['lambda/core/model/other.ts', './one.ts', "import { one } from './one.ts';"],
];
const TYPE: Planted = [
  'lambda/core/rate/one.ts',
  '../account/books.ts',
  "import type { Books } from '../account/books.ts';",
];

const ALLOWED: readonly Planted[] = [
  ['lambda/core/plan/plan-run.ts', '../lock/take-locks.ts'],
  ['lambda/core/plan/plan-run.ts', 'node:buffer'],
  ['lambda/formats/registry.ts', '../core/schema/strict-object.ts'],
  ['lambda/adapters/kms/key-service.ts', '@aws-sdk/client-kms'],
  ['lambda/handlers/plan.ts', '../formats/registry.ts'],
  ['cli/program.ts', '../lambda/adapters/kms/key-service.ts'],
  ['cli/program.ts', '../lib/jobs/load-jobs.ts'],
  ['cli/commands/report.ts', '../render/advice.ts'],
  ['lib/kms-rewrap-stack.ts', 'aws-cdk-lib'],
  ['emulator/kms/service.ts', '../protocol/request.ts'],
];

const refusals = (
  tool: 'cruise-planted' | 'lint-planted',
  planted: readonly (readonly (string | undefined)[])[],
): readonly (readonly string[])[] => {
  const output = execFileSync(process.execPath, [`${ROOT}test/support/${tool}.mjs`], {
    cwd: ROOT,
    input: JSON.stringify(planted),
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[][];
};

function lint(planted: readonly (readonly [file: string, line: string])[]): readonly (readonly string[])[] {
  return refusals(
    'lint-planted',
    planted.map(([file, line]) => [`${ROOT}${file}`, line]),
  );
}

describe('the import rules', () => {
  const forbidden = FORBIDDEN.map(([file, source]) => [file, source]);
  const planted = refusals('cruise-planted', [...forbidden, ...CIRCLE, TYPE, ...ALLOWED]);
  const refused = planted.slice(0, FORBIDDEN.length);
  const [one, other, type, ...accepted] = planted.slice(FORBIDDEN.length);

  it.each(FORBIDDEN.map(([file, source, words], index) => [file, source, words, index] as const))(
    '%s may not import %s',
    (_file, _source, words, index) => {
      expect(refused[index]).toEqual([expect.stringContaining(words)]);
    },
  );

  it('no two files may import each other, not even for a type alone', () => {
    expect(one).toEqual([expect.stringContaining('in a ring')]);
    expect(other).toEqual([expect.stringContaining('in a ring')]);
  });

  it('the import of a type counts as an import, too', () => {
    expect(type).toEqual([expect.stringContaining('core/rate may import core/model')]);
  });

  it.each(ALLOWED.map(([file, source], index) => [file, source, index] as const))(
    '%s may import %s',
    (_file, _source, index) => {
      expect(accepted[index]).toEqual([]);
    },
  );
});

/** Lines that bring a clock, a timer or randomness into rooms that must have none. */
const IMPURE: readonly (readonly [line: string, words: string])[] = [
  ['export const now = Date.now();', 'no clock'],
  ['export const { now } = Date;', 'no clock'],
  ['export const now = new Date();', 'no clock'],
  ['export const now = Date();', 'no clock'],
  ['export const now = performance.now();', 'no clock'],
  ['setTimeout(() => undefined, 5);', 'do not wait'],
  ['setInterval(() => undefined, 5);', 'do not wait'],
  ['setImmediate(() => undefined);', 'do not wait'],
  ['export const signal = AbortSignal.timeout(5);', 'do not wait'],
  ['export const chance = Math.random();', 'deterministic'],
  ['export const id = crypto.randomUUID();', 'deterministic'],
  ["import { randomUUID } from 'node:crypto';", 'take createHash, hash from node:crypto'],
  ["import { randomBytes } from 'crypto';", 'take createHash, hash from crypto'],
  ["import * as crypto from 'node:crypto';", 'take createHash, hash from node:crypto'],
  ["import { debuglog } from 'node:util';", 'take isDeepStrictEqual from node:util'],
  ['export const home = process.env.HOME;', 'a handler reads the environment'],
  ['export const now = globalThis.Date.now();', 'ask a port'],
];

const PURE = ['lambda/core/plan/plan-run.ts', 'lambda/formats/registry.ts'];
const impure = PURE.flatMap(file => IMPURE.map(([line, words]) => [file, line, words] as const));

const ADAPTER = 'lambda/adapters/executions.ts';
const linted = lint([
  ...impure.map(([file, line]) => [file, line] as const),
  ['lambda/core/plan/plan-run.ts', 'export const then = new Date(0).toISOString();'],
  ['lambda/core/model/digest.ts', "import { createHash } from 'node:crypto';"],
  [ADAPTER, 'export const client = new SFNClient({});'],
  [ADAPTER, "export const client = withNamedCalls(new SFNClient({}), 'states');"],
]);
const [time, hash, bare, wrapped] = linted.slice(impure.length);

describe('core and formats', () => {
  it.each(impure.map(([file, line, words], index) => [file, line, words, index] as const))(
    '%s may not say %s',
    (_file, _line, words, index) => {
      expect(linted[index]).toEqual([expect.stringContaining(words)]);
    },
  );

  it('may format a time that was passed to them', () => {
    expect(time).toEqual([]);
    expect(hash).toEqual([]);
  });
});

describe('a client of the AWS SDK', () => {
  it('may not be made without withNamedCalls', () => {
    expect(bare).toEqual([expect.stringContaining('Wrap the client in withNamedCalls')]);
  });

  it('may be made within it', () => {
    expect(wrapped).toEqual([]);
  });
});

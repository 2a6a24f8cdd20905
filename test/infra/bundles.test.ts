import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TextForm } from '../../lambda/core/documents/text-document.ts';
import { yaml } from '../../lambda/core/documents/yaml.ts';
import { mustFireBy } from '../../lambda/core/watch/next-firing.ts';

const BUNDLER = resolve(__dirname, '../../lib/functions/bundle-handlers.mjs');

/** Decision 74: what a function loads at its start. Plan is 791 KB and not the 700 that are the goal: it has the client of Step Functions, and recognises formats, and looks after followers and whether tables and buckets tell them anything; what a follower has left, and when a table was made, takes 0.5 KB of others (decision 106); Report draws its page, and signs with a client of KMS (decision 84). Reading annotations takes 6.5 KB of each worker (decision 98), and telling asymmetric keys by their algorithm 0.5 KB (decision 102). To look at places that hold labels takes 1.5 KB of each, and to compare the stores of a job with one another 1 KB of Plan. */
const MOST_BYTES = {
  plan: 792_000,
  'migrate-unit': 698_000,
  'migrate-unit-plaintext': 698_000,
  'verify-unit': 685_000,
  'rollback-unit': 660_000,
  'follow-table': 682_000,
  'follow-bucket': 682_000,
  report: 532_000,
} as const;

/** The namespace that every schema of the SDK for STS names. */
const SERVICE_OF_STS = 'com.amazonaws.sts';

/** The first round constants of SHA-256 and SHA-1, which the SDK's own digests write out. */
const CONSTANTS_OF_SHA = ['1116352408', '1518500249'];

/** An option that the reader of cron expressions has. */
const ONLY_IN_CRONER = 'alternativeWeekdays';

describe('the bundles of the functions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-bundles-test-'));
  beforeAll(() => {
    execFileSync(process.execPath, [BUNDLER, folder, ...Object.keys(MOST_BYTES)]);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(MOST_BYTES))('%s is no larger than it may be', (handler, most) => {
    expect(statSync(join(folder, `${handler}.mjs`)).size).toBeLessThanOrEqual(most);
  });

  it.each(Object.keys(MOST_BYTES))('%s has no event streams of the SDK', handler => {
    expect(readFileSync(join(folder, `${handler}.mjs`), 'utf8')).not.toMatch(
      /Event streams? require|header name exceeds 255 bytes/,
    );
  });

  it.each(Object.keys(MOST_BYTES))('%s has no digests and no cache of endpoints of the SDK', handler => {
    expect(readFileSync(join(folder, `${handler}.mjs`), 'utf8')).not.toMatch(
      new RegExp([...CONSTANTS_OF_SHA, 'mnemonist'].join('|')),
    );
  });

  it.each(Object.keys(MOST_BYTES))('%s has no client of STS, which lies beside it', handler => {
    const text = (name: string): string => readFileSync(join(folder, `${name}.mjs`), 'utf8');
    expect(text(handler)).not.toContain(SERVICE_OF_STS);
    expect(text('assume-role')).toContain(SERVICE_OF_STS);
  });

  it('have a reader of cron expressions beside them, which the watch alone loads', () => {
    const { mustFireBy: beside } = createRequire(__filename)(join(folder, 'next-firing.cjs')) as {
      readonly mustFireBy: typeof mustFireBy;
    };
    const schedule = { expression: 'cron(0 3 ? * 2#1 *)', timeZone: 'Europe/Berlin' };
    const after = Date.UTC(2026, 10, 21);
    expect(beside(schedule, after)).toBe(mustFireBy(schedule, after));
    expect(mustFireBy(schedule, after)).toBeGreaterThan(after);
    expect(readFileSync(join(folder, 'plan.mjs'), 'utf8')).not.toContain(ONLY_IN_CRONER);
    expect(readFileSync(join(folder, 'next-firing.cjs'), 'utf8')).toContain(ONLY_IN_CRONER);
  });

  it('have a reader of YAML beside them that reads and writes as the sources do', () => {
    const beside = createRequire(__filename)(join(folder, 'yaml.cjs')) as { readonly yaml: TextForm };
    const text = 'sops:\n  kms:\n    - arn: one # ours\n      enc: |\n        AQID\n';
    expect(beside.yaml.read(text)).toEqual(yaml.read(text));
    expect(beside.yaml.read('{')).toEqual(yaml.read('{'));
    const written = (form: TextForm): string => form.writer(text).value({ S: 'a: b' }, "'old'");
    expect(written(beside.yaml)).toBe("'a: b'");
    expect(written(yaml)).toBe("'a: b'");
  });
});

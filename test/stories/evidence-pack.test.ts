import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import type { Difference } from '../../lambda/core/evidence/check-object.ts';
import type { CallOfRun } from '../../lambda/core/pack/calls-of-run.ts';
import type { RoleStatements } from '../../lambda/core/pack/role-statements.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const MINUTES = 60_000;
const ACCOUNT = '111122223333';
const AUDITOR = `arn:aws:iam::${ACCOUNT}:user/local`;

/** The lines of a README that are commands, as somebody would paste them. */
function commandsIn(readme: string): string {
  const lines = readme.split('\n').filter(line => line.startsWith('    '));
  return lines.map(line => line.slice(4)).join('\n');
}

describe('the pack of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-pack-'));
  const pack = join(folder, 'pack.tar.gz');
  let aws: Embedded;
  let report: Report;
  let unpacked: string;

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    await writeOrders(aws, await createKeys(aws), { orders: 40, documents: 8, flaws: true });
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'company-trail' }));
    aws.aws.trails.create({ accountId: ACCOUNT, bucket: 'company-trail' });
    const outdir = join(folder, 'cdk.out');
    const settings = { evidence: true, journalReaders: [AUDITOR] };
    await synthesize({ jobs: 'examples/jobs', outdir, settings });
    await aws.aws.deploy(outdir);
    report = await json<Report>(['run', 'orders', '--json']);
    const trail = ['--trail', 's3://company-trail'];
    await json(['attest', 'pack', report.runId, '--out', pack, '--intents', ...trail, '--json']);
    unpacked = extracted(pack);
  }, 5 * MINUTES);
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  async function json<Answer>(args: readonly string[]): Promise<Answer> {
    const { stdout, stderr } = await rewrap(args, { endpoint: aws.endpoint });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Answer;
  }
  /** By the tar of the system, as an auditor does it. */
  function extracted(file: string): string {
    const at = mkdtempSync(join(folder, 'unpacked-'));
    const { status, stderr } = spawnSync('tar', ['xzf', file, '-C', at], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return join(at, report.runId);
  }
  const parsed = (name: string): unknown => JSON.parse(readFileSync(join(unpacked, name), 'utf8'));
  /** A copy in which something was changed. */
  function forged(change: (at: string) => void): string {
    const at = mkdtempSync(join(folder, 'forged-'));
    cpSync(unpacked, at, { recursive: true });
    change(at);
    return at;
  }
  /** What the commands of the README say. */
  function byHand(at: string): string {
    const script = commandsIn(readFileSync(join(unpacked, 'README.txt'), 'utf8'));
    const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: at, encoding: 'utf8' });
    return stdout + stderr;
  }
  const objectOf = (kind: string, at: string): string => {
    const [first = ''] = readdirSync(join(at, kind), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.gz'))
      .sort();
    return join(at, kind, first);
  };
  async function verified(
    file: string,
    ...more: readonly string[]
  ): Promise<{ readonly code: number | null; readonly differences: readonly Difference[] }> {
    const { code, stdout, stderr } = await rewrap(['attest', 'verify', file, '--json', ...more]);
    if (stdout === '') throw new Error(stderr);
    return { code, differences: (JSON.parse(stdout) as { differences: readonly Difference[] }).differences };
  }
  /** Packed anew by the tar of the system. */
  function repacked(at: string): string {
    const file = `${at}.tar.gz`;
    const transform = `s|^\\.|${report.runId}|`;
    const args = ['czf', file, '--format=pax', '--transform', transform, '--no-recursion', '-T', '-'];
    const names = readdirSync(at, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => `.${join(parentPath, name).slice(at.length)}`);
    const { status, stderr } = spawnSync(
      'tar',
      [...args, '--pax-option=delete=mtime,delete=atime,delete=ctime'],
      { cwd: at, input: names.join('\n'), encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    return file;
  }

  it('is what was signed, and is checked without AWS', async () =>
    expect(await verified(pack)).toEqual({ code: 0, differences: [] }));

  it('is checked without our tool, by the commands of its README', () => {
    const said = byHand(forged(() => undefined));
    expect(said).toContain('every file is as it was packed');
    expect(said).toContain('Verified OK');
    for (const file of ['report.json', 'evidence/cbom.cdx.json', 'evidence/seals.jsonl'])
      expect(said).toContain(`${file}: as signed`);
    expect(said.match(/^(outcomes|intents) of .*: as sealed$/gm)).toHaveLength(report.journal!.chains);
    expect(said).toContain('every object is in a chain');
    expect(said).not.toContain('CHANGED');
    const moved = report.stores.reduce((sum, { outcomes }) => sum + (outcomes.rewrapped ?? 0), 0);
    expect(said).toMatch(new RegExp(`^ *${moved} rewrapped$`, 'm'));
  });

  it('tells by the same commands what was changed', () => {
    const changed = (change: (at: string) => void): string => byHand(forged(change));
    const rewritten = (file: string, from: string | RegExp, to: string): void =>
      writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    const report = changed(at => rewritten(join(at, 'report.json'), '"verdict"', '"Verdict"'));
    expect(report).toContain('report.json: CHANGED');
    const line = changed(at => {
      const file = objectOf('outcomes', at);
      const text = gunzipSync(readFileSync(file)).toString('utf8');
      writeFileSync(file, gzipSync(text.replace(/"outcome":"[^"]+"/, '"outcome":"x"')));
    });
    expect(line).toMatch(/outcomes of .*: CHANGED/);
    const removed = changed(at => rmSync(objectOf('intents', at)));
    expect(removed).toMatch(/intents of .*: CHANGED/);
    const statement = changed(at =>
      rewritten(join(at, 'evidence/statement.dsse.json'), /"payload":"(.{8})./, '"payload":"$1A'),
    );
    expect(statement).not.toContain('Verified OK');
    const added = changed(at => cpSync(objectOf('outcomes', at), `${objectOf('outcomes', at)}.more`));
    expect(added).not.toContain('every object is in a chain');
  });

  it('has the states of its keys, and of the key that has signed', () => {
    interface Keys {
      readonly keys: readonly {
        readonly keyArn: string;
        readonly describeKey: { readonly KeyState?: string };
        readonly rotationStatus: object;
      }[];
    }
    const { keys } = parsed('aws/key-states.json') as Keys;
    const { signatures } = parsed('evidence/statement.dsse.json') as { signatures: [{ keyid: string }] };
    expect(keys.map(({ keyArn }) => keyArn)).toEqual(
      expect.arrayContaining([signatures[0].keyid, ...report.keyMaterials.map(({ keyArn }) => keyArn)]),
    );
    for (const { describeKey } of keys) expect(describeKey.KeyState).toBe('Enabled');
  });

  it('has what each role may do', () => {
    const { roles } = parsed('aws/permissions.json') as { roles: readonly RoleStatements[] };
    const worker = roles.find(({ role }) => role.includes('MigrateUnit'));
    expect(JSON.stringify(worker?.statements)).toContain('kms:ReEncryptFrom');
    const signers = roles.filter(({ statements }) => JSON.stringify(statements).includes('kms:Sign'));
    expect(signers.map(({ role }) => role)).toEqual([expect.stringContaining('Report')]);
  });

  it('has the event of each call that a proof in the journal rests on', () => {
    const summary = parsed('aws/trail.json') as { requestIdsInJournal: number; requestIdsFound: number };
    expect(summary.requestIdsInJournal).toBeGreaterThan(20);
    expect(summary.requestIdsFound).toBe(summary.requestIdsInJournal);
    const text = readFileSync(join(unpacked, 'aws/trail-events-0001.jsonl'), 'utf8');
    const calls = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as CallOfRun);
    expect(calls[0]).toMatchObject({
      eventId: expect.stringMatching(/\w/),
      role: expect.stringContaining('MigrateUnit'),
    });
    expect(text).not.toMatch(/encryptionContext/i);
  });

  it('shows what was changed, added or damaged beside what is signed', async () => {
    const whole = await verified(repacked(forged(() => undefined)));
    expect(whole).toEqual({ code: 0, differences: [] });
    const at = forged(folder => {
      writeFileSync(join(folder, 'aws/key-states.json'), '{}');
      writeFileSync(join(folder, 'more.txt'), 'more');
      rmSync(join(folder, 'report.html'));
      rmSync(objectOf('outcomes', folder));
    });
    const { code, differences } = await verified(repacked(at));
    expect(code).toBe(1);
    expect(
      differences.map(({ kind, object }) => `${kind} ${object.replace(/ of unit.*/, '')}`).sort(),
    ).toEqual(['added more.txt', 'changed aws/key-states.json', 'removed outcomes', 'removed report.html']);
    const cut = join(folder, 'cut.tar.gz');
    writeFileSync(cut, readFileSync(pack).subarray(0, 5_000));
    const { code: refused, stderr } = await rewrap(['attest', 'verify', cut]);
    expect([refused, stderr]).toEqual([2, expect.stringContaining('is no pack of evidence')]);
  });

  it('holds no old data keys unless it is asked for them', async () => {
    const file = join(folder, 'outcomes.tar.gz');
    await json(['attest', 'pack', report.runId, '--out', file, '--json']);
    const at = extracted(file);
    expect(readdirSync(at)).not.toContain('intents');
    expect(await verified(file)).toEqual({ code: 0, differences: [] });
    const { stdout } = await rewrap(['attest', 'verify', file]);
    expect(stdout).toContain('the intents of the run, which are not in this pack');
  });

  it('has findings beside it, for tools that collect them', async () => {
    const findings = (format: string) =>
      rewrap(['report', report.runId, '--findings', format], { endpoint: aws.endpoint });
    const asff = await findings('asff');
    const { Findings } = JSON.parse(asff.stdout) as { Findings: readonly Record<string, unknown>[] };
    expect(Findings.map(({ AwsAccountId }) => AwsAccountId)).toEqual(report.stores.map(() => ACCOUNT));
    const expected = report.stores.map(({ verdict, concluding }) =>
      verdict.kind !== 'proven' ? 'FAILED' : concluding['foreign-key'] === undefined ? 'PASSED' : 'WARNING',
    );
    // The run is not proven, so not every finding may be good.
    expect(expected.filter(status => status !== 'PASSED')).not.toEqual([]);
    expect(Findings).toMatchObject(expected.map(Status => ({ Compliance: { Status } })));
    const arns = Findings.map(({ Resources }) => (Resources as readonly { readonly Id: string }[])[0]?.Id);
    expect(arns).toEqual([
      expect.stringMatching(/^arn:aws:dynamodb:.*:table\//),
      expect.stringMatching(/^arn:aws:s3:::/),
    ]);
    const ocsf = await findings('ocsf');
    expect(JSON.parse(ocsf.stdout)).toMatchObject(report.stores.map(() => ({ class_uid: 2003 })));
    // As `rewrap report` says it: this run has left broken records alone.
    expect([asff.code, ocsf.code]).toEqual([1, 1]);
  });

  it('is refused for a run that is not there', async () => {
    const { code, stderr } = await rewrap(['attest', 'pack', 'no-such-run'], { endpoint: aws.endpoint });
    expect([code, stderr]).toEqual([2, expect.stringContaining('no-such-run')]);
  });
});

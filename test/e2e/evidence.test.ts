import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPublicKey, verify } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { createKeys } from '../../examples/orders-app/create-keys.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import { findDeployment } from '../../lambda/adapters/run/deployment.ts';
import type { Difference } from '../../lambda/core/evidence/check-object.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { shortName } from '../support/granted.ts';
import { rewrap, type CliResult } from '../support/rewrap-cli.ts';
import { signedAnew } from '../support/signed-anew.ts';

const MINUTES = 60_000;
/** Whoever checks intents has to be named; outcomes are open to whoever has the rights. */
const AUDITOR = 'arn:aws:iam::111122223333:user/local';

describe('the evidence of a migration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-evidence-'));
  const original = join(folder, 'original');
  let aws: Embedded;
  let report: Report;
  let journalBucket: string;
  const signers = new Set<string>();

  beforeAll(async () => {
    aws = await embedded({ logFolder: join(folder, 'logs'), waitScale: 0 });
    await writeOrders(aws, await createKeys(aws), { orders: 40, documents: 8, flaws: true });
    const outdir = join(folder, 'cdk.out');
    await synthesize({
      jobs: 'examples/jobs',
      outdir,
      settings: { evidence: true, journalReaders: [AUDITOR] },
    });
    await aws.aws.deploy(outdir);
    aws.aws.iam.watch = ({ request, decision }) => {
      if (request.action === 'kms:Sign') signers.add(`${shortName(request.principal.arn)} ${decision.kind}`);
    };
    const { stdout, stderr } = await rewrap(['run', 'orders', '--json'], { endpoint: aws.endpoint });
    if (stdout === '') throw new Error(stderr);
    report = JSON.parse(stdout) as Report;
    const deployment = await findDeployment('KmsRewrap', { endpoint: aws.endpoint, region: 'us-east-1' });
    await copy(deployment.runBucket, `runs/${report.runId}/`, `runs/${report.runId}/`);
    ({ journalBucket } = deployment);
    await copy(journalBucket, '', '');
  }, 5 * MINUTES);
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  /** As `aws s3 sync` does it. */
  const copy = async (bucket: string, prefix: string, without: string): Promise<void> => {
    const names: string[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
      const { Contents = [], NextContinuationToken } = await aws.s3.send(list);
      names.push(...Contents.map(({ Key }) => Key!));
      token = NextContinuationToken;
    }
    for (const Key of names) {
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const file = join(original, Key.slice(without.length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, await Body!.transformToByteArray());
    }
  };
  const filesOf = (kind: string, at: string): readonly string[] =>
    readdirSync(join(at, kind), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.gz'))
      .map(name => join(kind, name))
      .sort();
  interface Found {
    readonly code: number | null;
    readonly differences: readonly Difference[];
  }
  const found = ({ code, stdout, stderr }: CliResult): Found => {
    if (stdout === '') throw new Error(stderr);
    return { code, differences: (JSON.parse(stdout) as { differences: readonly Difference[] }).differences };
  };
  const attested = async (at: string, ...more: readonly string[]): Promise<Found> =>
    found(await rewrap(['attest', 'verify', join(at, 'report.json'), '--json', ...more]));
  /** With the journal as it lies in its bucket. */
  const attestedInBucket = (): Promise<CliResult> =>
    rewrap(
      [
        'attest',
        'verify',
        join(original, 'report.json'),
        '--json',
        ...['--journal', `s3://${journalBucket}`],
      ],
      { endpoint: aws.endpoint },
    );
  /** A copy in which something was changed. */
  const forged = (change: (at: string) => void): string => {
    const at = mkdtempSync(join(folder, 'forged-'));
    cpSync(original, at, { recursive: true });
    change(at);
    return at;
  };
  const rewriteLines = (file: string, change: (lines: string[]) => readonly string[]): void => {
    const lines = gunzipSync(readFileSync(file))
      .toString('utf8')
      .split(/(?<=\n)/);
    writeFileSync(file, gzipSync(change(lines).join('')));
  };

  it('is good as it was written, and needs no AWS', async () => {
    expect(report.journal).toMatchObject({ chains: expect.any(Number) as number });
    expect(await attested(original)).toEqual({ code: 0, differences: [] });
    expect(await attested(original, '--outcomes-only')).toEqual({ code: 0, differences: [] });
  });

  it('is checked with the journal as it lies in its bucket', async () => {
    expect(found(await attestedInBucket())).toEqual({ code: 0, differences: [] });
    const [Key = ''] = filesOf('outcomes', original);
    const whole = readFileSync(join(original, Key));
    const put = (Body: Buffer) => aws.s3.send(new PutObjectCommand({ Bucket: journalBucket, Key, Body }));
    const text = gunzipSync(whole).toString('utf8');
    await put(gzipSync(text.replace(/"outcome":"[^"]+"/, '"outcome":"x"')));
    const changed = found(await attestedInBucket());
    await put(whole);
    expect(changed).toMatchObject({ code: 1, differences: [{ kind: 'changed', object: Key, line: 1 }] });
  });

  it('seals a line for each data key that the report counts', () => {
    const outcomes = filesOf('outcomes', original).reduce(
      (sum, name) =>
        sum +
        gunzipSync(readFileSync(join(original, name)))
          .toString('utf8')
          .split('\n').length -
        1,
      0,
    );
    expect(outcomes).toBe(report.stores.reduce((sum, { dataKeys }) => sum + dataKeys, 0));
  });

  it('is signed so that anyone can check it with the public key alone', () => {
    const read = (name: string): string => readFileSync(join(original, 'evidence', name), 'utf8');
    const { payload, payloadType, signatures } = JSON.parse(read('statement.dsse.json')) as {
      payload: string;
      payloadType: string;
      signatures: [{ sig: string }];
    };
    const body = Buffer.from(payload, 'base64');
    const signed = Buffer.concat([
      Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `),
      body,
    ]);
    const key = createPublicKey(read('public-key.pem'));
    expect(verify('sha256', signed, key, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
  });

  it('is signed by the role of Report', () => {
    expect([...signers]).toEqual([expect.stringMatching(/Report.* allowed$/)]);
  });

  it('shows a report that was changed', async () => {
    const at = forged(folder => {
      const file = join(folder, 'report.json');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('"verdict": "not-proven"', '"verdict": "proven"'),
      );
    });
    expect(await attested(at)).toMatchObject({
      code: 1,
      differences: [{ kind: 'changed', object: 'report.json' }],
    });
  });

  it('shows a line of the journal that was changed', async () => {
    const name = filesOf('outcomes', original)[0]!;
    const at = forged(folder =>
      rewriteLines(join(folder, name), ([first = '', ...rest]) => [
        first.replace(/"outcome":"[^"]+"/, '"outcome":"x"'),
        ...rest,
      ]),
    );
    expect(await attested(at)).toMatchObject({
      code: 1,
      differences: [{ kind: 'changed', object: name, line: 1 }],
    });
  });

  it('shows a report that is signed, and whose counts do not follow from its journal', async () => {
    const moveOne = ({ stores: [first, ...rest], ...report }: Report): object => {
      const { rewrapped = 0, blocked = 0 } = first!.outcomes;
      const outcomes = { ...first!.outcomes, rewrapped: rewrapped - 1, blocked: blocked + 1 };
      return { ...report, stores: [{ ...first, outcomes }, ...rest] };
    };
    const at = forged(folder => signedAnew(folder, moveOne));
    const { code, differences } = await attested(at);
    expect([code, [...new Set(differences.map(({ kind }) => kind))]]).toEqual([1, ['miscounted']]);
    expect(differences[0]?.words).toMatch(
      /counts \d+ data keys as rewrapped in \w+:.+, and the journal has \d+ sealed lines/,
    );
  });

  it('shows a journal object that was removed', async () => {
    const name = filesOf('intents', original)[0]!;
    const at = forged(folder => rmSync(join(folder, name)));
    const { code, differences } = await attested(at);
    expect([code, differences.map(({ kind }) => kind)]).toEqual([1, ['removed']]);
  });

  it('shows seals that were made to fit a changed journal', async () => {
    const at = forged(folder => {
      const file = join(folder, 'evidence/seals.jsonl');
      writeFileSync(
        file,
        readFileSync(file, 'utf8')
          .split(/(?<=\n)/)
          .slice(1)
          .join(''),
      );
    });
    expect(await attested(at)).toMatchObject({
      code: 1,
      differences: [{ kind: 'changed', object: 'evidence/seals.jsonl' }],
    });
  });

  it('shows a statement that another key has signed', async () => {
    const at = forged(folder => {
      const file = join(folder, 'evidence/statement.dsse.json');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(
          /"sig":"(.{20})(.)/,
          (_, a: string, b: string) => `"sig":"${a}${b === 'A' ? 'B' : 'A'}`,
        ),
      );
    });
    expect(await attested(at)).toMatchObject({
      code: 1,
      differences: [{ kind: 'changed', object: 'evidence/statement.dsse.json' }],
    });
  });
});

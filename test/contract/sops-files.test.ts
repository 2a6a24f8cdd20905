import {
  CreateAliasCommand,
  DecryptCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SOPS_FILES } from '../formats/cases/sops.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { JobPlayer, type PlayedJob } from '../support/play-job.ts';
import { sopsEntries, type SopsEntry } from '../support/sops-reader.ts';

const Bucket = 'config-secrets';
const JOB = JSON.parse(readFileSync('examples/jobs/formats/sops.json', 'utf8')) as object;

/** Files of every layout, with a data key of the embedded KMS at each entry. The tests are one story, told in order. */
describe('a bucket of files of SOPS', () => {
  let aws: Embedded;
  let keys: { readonly old: string; readonly new: string; readonly other: string };
  const before = new Map<string, string>();
  const dataKeys = new Map<string, Buffer>();
  let played: PlayedJob;

  beforeAll(async () => {
    aws = await embedded();
    keys = { old: await createKey(aws.kms), new: await createKey(aws.kms), other: await createKey(aws.kms) };
    for (const [AliasName, TargetKeyId] of [
      ['alias/sops-2025', keys.old],
      ['alias/sops-old', keys.old],
      ['alias/sops-2026', keys.new],
    ] as const)
      await aws.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    for (const [name, text] of SOPS_FILES) await put(name, await withDataKeys(name, withKeys(text)));
    await put('readme.md', 'Nothing of SOPS is in here.\n');
    played = await new JobPlayer(aws).play(JOB);
  });
  afterAll(() => aws.stop());

  async function put(name: string, text: string): Promise<void> {
    before.set(name, text);
    await aws.s3.send(new PutObjectCommand({ Bucket, Key: name, Body: text, ContentType: 'text/plain' }));
  }

  async function get(Key: string): Promise<string> {
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** The keys of the file in the place of those that SOPS has used. */
  function withKeys(text: string): string {
    const named = [...new Set(text.match(/arn:aws:kms:[\w-]+:\d+:key\/[\w-]+/g))];
    const old = 'dadca8e6-34d3-4198-846e-182c764e9423';
    return named.reduce((all, arn) => all.replaceAll(arn, arn.endsWith(old) ? keys.old : keys.other), text);
  }

  async function withDataKeys(name: string, text: string): Promise<string> {
    let filled = text;
    for (const [index, { arn, enc, context }] of sopsEntries(name, text).entries()) {
      const Plaintext = randomBytes(32);
      const asked = { KeyId: arn, Plaintext, ...(context && { EncryptionContext: { ...context } }) };
      const { CiphertextBlob = new Uint8Array() } = await aws.kms.send(new EncryptCommand(asked));
      dataKeys.set(`${name} ${index}`, Plaintext);
      filled = filled.replace(enc, Buffer.from(CiphertextBlob).toString('base64'));
    }
    return filled;
  }

  /** As SOPS asks KMS (kms/keysource.go). */
  async function decrypted({ arn, enc, context }: SopsEntry): Promise<Buffer> {
    const asked = {
      KeyId: arn,
      CiphertextBlob: Buffer.from(enc, 'base64'),
      ...(context && { EncryptionContext: { ...context } }),
    };
    return Buffer.from((await aws.kms.send(new DecryptCommand(asked))).Plaintext ?? []);
  }

  it('is proven by the example job, with entries under other keys named', () => {
    const others = [...before].flatMap(([name, text]) =>
      SOPS_FILES.has(name) ? sopsEntries(name, text).filter(({ arn }) => arn === keys.other) : [],
    );
    // Entries under other keys are not where the job wants them.
    expect(played.code).toBe(1);
    expect(played.report.stores[0]).toMatchObject({
      verdict: { kind: 'proven' },
      records: before.size,
      dataKeys: dataKeys.size,
      outcomes: { rewrapped: dataKeys.size - others.length, 'foreign-key': others.length },
    });
    expect(others.length).toBeGreaterThan(0);
    expect(played.advice.verdict).toBe('disable');
  });

  it('is read as SOPS reads it, with the old key disabled', async () => {
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    for (const name of SOPS_FILES.keys())
      for (const [index, entry] of sopsEntries(name, await get(name)).entries())
        expect((await decrypted(entry)).equals(dataKeys.get(`${name} ${index}`)!)).toBe(true);
    await aws.kms.send(new EnableKeyCommand({ KeyId: keys.old }));
  });

  it('has changed in enc, arn and created_at of what was moved, and in nothing else', async () => {
    const date = `${played.plan.startedAt.slice(0, 19)}Z`;
    for (const [name, text] of before) {
      let expected = text;
      const after = SOPS_FILES.has(name) ? sopsEntries(name, await get(name)) : [];
      for (const [index, old] of (SOPS_FILES.has(name) ? sopsEntries(name, text) : []).entries()) {
        if (old.arn === keys.other) continue;
        const at = expected.indexOf(old.enc);
        const [enc, start] = [after[index]!.enc, entryStart(expected, at)];
        const end = entryEnd(expected, at);
        const entry = expected
          .slice(start, end)
          .replace(old.enc, enc)
          .replace(old.arn, keys.new)
          .replace(old.created_at, date);
        expected = expected.slice(0, start) + entry + expected.slice(end);
        expect(after[index]).toMatchObject({ arn: keys.new, created_at: date });
      }
      expect(await get(name)).toBe(expected);
    }
  });

  it('has nothing left to do for a second run', async () => {
    const again = await new JobPlayer(aws).play(JOB);
    expect(again.report.stores[0]?.outcomes).not.toHaveProperty('rewrapped');
    expect(again.report.stores[0]?.verdict).toEqual({ kind: 'proven' });
  });
});

/** SOPS writes `arn` first and `enc` last. */
function entryStart(text: string, enc: number): number {
  return text.lastIndexOf('arn:aws:kms', enc);
}

function entryEnd(text: string, enc: number): number {
  const end = text.indexOf('\n', enc);
  return end < 0 ? text.length : end;
}

import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { same, type Client, type Place, type Written } from '../client.ts';
import { succeed } from '../process.ts';
import { CREDENTIALS } from '../process-client.ts';

interface File {
  readonly name: string;
  readonly plain: string;
  /** KMS entries of each key group. */
  readonly groups: readonly (readonly Readonly<Record<string, string>>[])[];
}

const YAML = `# a comment at the top
user: one   # beside a value
nested:
    list:
        - two
        - 3
    empty: ""
`;

const CONTEXT = { app: 'orders', for: 'a: b' };

const FILES: readonly File[] = [
  { name: 'plain.yaml', plain: YAML, groups: [[{}]] },
  { name: 'context.yaml', plain: YAML, groups: [[CONTEXT]] },
  { name: 'two-contexts.yaml', plain: YAML, groups: [[CONTEXT, { app: 'other' }]] },
  { name: 'groups.yaml', plain: YAML, groups: [[CONTEXT], [{}]] },
  {
    name: 'context.json',
    plain: '{\n\t"user": "one",\n\t"list": [\n\t\t1,\n\t\t"zwei \u00fc"\n\t]\n}',
    groups: [[CONTEXT]],
  },
  { name: 'context.env', plain: '# a comment\nUSER=one\nPASSWORD=two words\n', groups: [[CONTEXT]] },
  { name: 'context.ini', plain: '[section]\nuser     = one\npassword = two\n', groups: [[CONTEXT]] },
  { name: 'binary.bin', plain: 'any bytes\nof a file', groups: [[CONTEXT]] },
];

/** What SOPS decrypts at once: it lays out comments and blanks in its own way. */
type Details = { readonly name: string; readonly plain: string }[];

/** Files of every format that SOPS knows, as objects in S3. */
export function sops(name: string, software: string, binary: string): Client {
  const bucket = `interop-${name}`;
  return {
    name,
    software,

    async write(place: Place): Promise<Written> {
      const s3 = new S3Client({ endpoint: place.endpoint, region: 'us-east-1' });
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      const details: Details = [];
      let dataKeys = 0;
      for (const file of FILES) {
        const Body = await inFolder(folder => encrypt(file, { binary, folder, place }));
        // Counted, because versions of SOPS differ in whether a key with two contexts is one entry or two.
        dataKeys += Body.match(/\bAQICA/g)?.length ?? 0;
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: file.name, Body }));
        details.push({ name: file.name, plain: await decrypt(file.name, Body, { binary, place }) });
      }
      s3.destroy();
      return { dataKeys, buckets: [bucket], details };
    },

    async read(place: Place, { details }: Written): Promise<void> {
      const s3 = new S3Client({ endpoint: place.endpoint, region: 'us-east-1' });
      for (const { name: Key, plain } of details as Details) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        const text = (await Body?.transformToString()) ?? '';
        same(Key, await decrypt(Key, text, { binary, place }), plain);
      }
      s3.destroy();
    },
  };
}

/** One creation rule says what the file is to be encrypted for. */
async function encrypt(
  { name, plain, groups }: File,
  { binary, folder, place }: { readonly binary: string; readonly folder: string; readonly place: Place },
): Promise<string> {
  writeFileSync(join(folder, name), plain);
  const entry = (context: object): object => ({ arn: place.keyArn, context });
  const key_groups = groups.map(contexts => ({ kms: contexts.map(entry) }));
  // JSON is YAML.
  writeFileSync(join(folder, '.sops.yaml'), JSON.stringify({ creation_rules: [{ key_groups }] }));
  await succeed([binary, '--encrypt', '--in-place', name], { cwd: folder, env: environmentOf(place) });
  const encrypted = readFileSync(join(folder, name), 'utf8');
  if (encrypted.includes('two words') || encrypted.includes('any bytes'))
    throw new Error(`SOPS has left ${name} as it was`);
  return encrypted;
}

async function decrypt(
  name: string,
  encrypted: string,
  { binary, place }: { readonly binary: string; readonly place: Place },
): Promise<string> {
  const plain = await inFolder(folder => {
    writeFileSync(join(folder, name), encrypted);
    return succeed([binary, '--decrypt', name], { cwd: folder, env: environmentOf(place) });
  });
  if (!/\bone\b|any bytes/.test(plain)) throw new Error(`SOPS has lost what was in ${name}`);
  return plain;
}

function environmentOf({ endpoint }: Place): Readonly<Record<string, string>> {
  return { ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint, SOPS_DISABLE_VERSION_CHECK: 'true' };
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'sops-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

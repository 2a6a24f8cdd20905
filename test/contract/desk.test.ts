import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'bin', 'rewrap.mjs');
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' };

const NOWHERE = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' };

const folder = mkdtempSync(join(tmpdir(), 'rewrap-desk-'));
const CONFIG = join(folder, 'config');
writeFileSync(
  CONFIG,
  `[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = us-east-1
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/admin
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/me
region = us-east-1
[profile role]
role_arn = arn:aws:iam::111122223333:role/admin
source_profile = base
region = us-east-1
[profile base]
aws_access_key_id = AKIA
aws_secret_access_key = secret
`,
);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command at a desk with this environment and nothing else. */
function rewrap(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { stdout = 'pipe', closes = false }: { readonly stdout?: 'pipe' | number; readonly closes?: boolean } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: ROOT,
    stdio: ['ignore', stdout, 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_CONFIG_FILE: CONFIG, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') },
      ...env,
    },
  });
  const said = { stdout: '', stderr: '' };
  if (closes) child.stdout?.destroy();
  else child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')));
  return new Promise(resolve => child.on('close', code => resolve({ code, ...said })));
}

describe('a command whose caller AWS would not know', () => {
  it.each([
    ['no credentials', [], { AWS_REGION: 'us-east-1' }, 'no AWS credentials were found: run aws sso login'],
    ['no Region', [], NOWHERE, 'no Region is set: name one with --region or AWS_REGION'],
    ['an SSO session that is over', ['--profile', 'sso'], {}, 'run aws sso login --profile sso'],
    ['the same by its environment', [], { AWS_PROFILE: 'sso' }, 'run aws sso login --profile sso'],
    [
      'a profile that asks for an MFA code',
      ['--profile', 'mfa'],
      {},
      'eval "$(aws configure export-credentials --profile mfa --format env)"',
    ],
    [
      'a profile that does not exist',
      ['--profile', 'nobody', '--region', 'us-east-1'],
      {},
      'profile nobody is not in ~/.aws/config',
    ],
  ])('says so in one line, with the cure: %s', async (_, args, env, words) => {
    for (const command of [['status'], ['plan', 'examples/jobs/orders.json']]) {
      // A plan knows its Region from its job.
      if (words.startsWith('no Region') && command[0] === 'plan') continue;
      const { code, stdout, stderr } = await rewrap([...command, ...args], env);
      expect([code, stdout, stderr.trim().split('\n')]).toEqual([2, '', [expect.stringContaining(words)]]);
    }
  });
});

/** The token that aws sso login leaves, of a session that is not over. */
function signInToSso(): void {
  const cache = join(folder, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const token = { accessToken: 'token', expiresAt: '2099-01-01T00:00:00Z', region: 'us-east-1' };
  const name = createHash('sha1').update('corp').digest('hex');
  writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
}

/** A proxy that notes what it is asked to connect to, and does not. */
async function proxy(): Promise<{ readonly url: string; readonly asked: string[]; readonly server: Server }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://user:secret@127.0.0.1:${port}`, asked, server };
}

describe('a command behind a proxy', () => {
  let through: Awaited<ReturnType<typeof proxy>>;
  beforeEach(async () => {
    through = await proxy();
  });
  afterEach(() => through.server.close());

  it.each([
    ['its own calls', { ...KEYS }, 'cloudformation.us-east-1.amazonaws.com:443'],
    [
      'the call that gets a token of SSO a role',
      { AWS_PROFILE: 'sso' },
      'portal.sso.us-east-1.amazonaws.com:443',
    ],
    ['the call that gets it a role', { AWS_PROFILE: 'role' }, 'sts.us-east-1.amazonaws.com:443'],
  ])('reaches AWS through it: %s', async (_, env, host) => {
    signInToSso();
    const { code, stderr } = await rewrap(['status'], { ...env, HTTPS_PROXY: through.url });
    expect(new Set(through.asked)).toEqual(new Set([host]));
    expect([code, stderr.trim().split('\n')]).toEqual([
      2,
      // The SDK does not hand on what a call of SSO was answered.
      [expect.stringMatching(`(the proxy |HTTPS_PROXY \\()http://127.0.0.1:${new URL(through.url).port}`)],
    ]);
    expect(stderr).not.toContain('secret');
  });

  it('speaks plain HTTP to a proxy that is named without a scheme', async () => {
    const { host } = new URL(through.url);
    await rewrap(['status'], { ...KEYS, https_proxy: host });
    expect(through.asked).not.toEqual([]);
  });

  it('leaves the proxy alone where NO_PROXY says so, and for an AWS on this machine', async () => {
    const env = { ...KEYS, HTTPS_PROXY: through.url };
    const direct = await rewrap(['status', '--endpoint-url', 'https://127.0.0.1:9'], env);
    expect(direct.stderr).toContain('AWS does not answer');
    const excepted = { ...env, NO_PROXY: 'aws.invalid', AWS_ENDPOINT_URL: 'https://aws.invalid' };
    const { stderr, code } = await rewrap(['status'], excepted);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the name aws.invalid cannot be resolved')]);
    expect(through.asked).toEqual([]);
  });
});

describe('a command whose output nobody takes', () => {
  const JOB = 'examples/jobs/orders.json';

  it('ends as it would have ended, if its reader has gone', async () => {
    const { code, stderr } = await rewrap(['jobs', 'validate', JOB], {}, { closes: true });
    expect([code, stderr]).toEqual([0, '']);
    expect((await rewrap(['--help'], {}, { closes: true })).stderr).toBe('');
  });

  it('says so if the disk is full, and exits with a code that says nothing of the result', async () => {
    // Writing to this device fails as on a full disk. Only Linux has it.
    if (process.platform !== 'linux') return;
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await rewrap(['jobs', 'validate', JOB], {}, { stdout: full });
    expect([code, stderr.trim()]).toEqual([4, 'the result was not written: no space is left on the disk']);
  });
});

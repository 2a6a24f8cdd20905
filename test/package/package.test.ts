import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compiled, emptyProject, ended, packed, ROOT, type Ended, type Packed } from './installed.ts';

/** An app of somebody else: a table of its own, which a job names, and the service beside it. */
const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { KeyRewrap, loadJobs, type KeyRewrapProps } from 'kms-rewrap';

const app = new App({ outdir: 'cdk.out', builtinCloudFormationValidation: false });
const stack = new Stack(app, 'Theirs', { env: { region: 'us-east-1', account: '111122223333' } });
const orders = new Table(stack, 'Orders', {
  tableName: 'Orders',
  partitionKey: { name: 'id', type: AttributeType.STRING },
  encryption: TableEncryption.CUSTOMER_MANAGED,
});
const props: KeyRewrapProps = { jobs: loadJobs('jobs'), stores: [orders] };
const rewrap = new KeyRewrap(stack, 'Rewrap', props);
rewrap.grantStart(new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() }));
app.synth();
`;
const UNCHECKED = ['--skipLibCheck', '--noEmit'];
/** Inside the checkout, so that its packages are found. */
const HERE = join(ROOT, '.rewrap', `package-${process.pid}`);

const templateIn = (folder: string): { readonly Resources: Readonly<Record<string, unknown>> } =>
  JSON.parse(readFileSync(join(folder, 'cdk.out/Theirs.template.json'), 'utf8')) as ReturnType<
    typeof templateIn
  >;

/** What the same app makes of the sources. */
async function fromSources(): Promise<Ended> {
  mkdirSync(HERE, { recursive: true });
  cpSync(join(ROOT, 'examples/jobs/orders.json'), join(HERE, 'jobs/orders.json'));
  writeFileSync(join(HERE, 'app.ts'), APP.replace("'kms-rewrap'", "'../../lib/index.ts'"));
  const tsx = createRequire(__filename).resolve('tsx/cli');
  return ended(process.execPath, [tsx, 'app.ts'], HERE);
}

describe('the package, packed and installed into an empty CDK project', () => {
  let made: Packed;
  let project: string;

  beforeAll(async () => {
    made = await packed();
    project = await emptyProject(made);
    writeFileSync(join(project, 'app.ts'), APP);
  }, 300_000);
  afterAll(() => {
    for (const folder of [HERE, project, join(made.file, '..')])
      rmSync(folder, { recursive: true, force: true });
  });

  const rewrap = (...args: readonly string[]): Promise<Ended> =>
    ended('npx', ['--no-install', 'rewrap', ...args], project);

  it('has no TypeScript but types, no test, and neither tsx nor esbuild', () => {
    const paths = made.files.map(({ path }) => path);
    process.stderr.write(`${made.files.length} files, ${Math.round(made.bytes / 1000)} KB packed\n`);
    expect(paths.filter(path => /\.[cm]?ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
    expect(paths.filter(path => /(^|\/)(test|bench|\.ci)\/|\.test\./.test(path))).toEqual([]);
    for (const name of ['tsx', 'esbuild'])
      expect(existsSync(join(project, 'node_modules', name))).toBe(false);
  });

  it('carries the licences of what is in the bundles of its functions', () => {
    const notices = readFileSync(join(project, 'node_modules/kms-rewrap/dist/functions/NOTICES.txt'), 'utf8');
    for (const name of ['zod', '@smithy/core', 'yaml'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  it.each([
    ['node', ['--module', 'nodenext']],
    // Their types were checked by the first of these.
    [
      'node, with exact optional properties',
      [...UNCHECKED, '--module', 'nodenext', '--exactOptionalPropertyTypes'],
    ],
    ['a bundler', [...UNCHECKED, '--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('has types that a strict compiler takes, with the resolution of %s', async (_, options) => {
    expect(await compiled(project, options)).toBe('');
  });

  it('synthesizes the same stack as the sources do, to the last byte of the functions', async () => {
    expect(await compiled(project, ['--module', 'nodenext', '--noCheck'])).toBe('');
    expect(await ended(process.execPath, ['out/app.js'], project)).toMatchObject({ code: 0 });
    expect(await fromSources()).toMatchObject({ code: 0 });
    const [theirs, ours] = [templateIn(project), templateIn(HERE)];
    expect(Object.keys(theirs.Resources)).toEqual(Object.keys(ours.Resources));
    expect(theirs).toEqual(ours);
  });

  it('has a command line that tells its version and validates jobs', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await rewrap('--version')).toMatchObject({ code: 0, stdout: `kms-rewrap ${version}\n` });
    expect(await rewrap('jobs', 'validate', 'jobs/orders.json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('job orders is valid') as string,
    });
    writeFileSync(join(project, 'jobs/wrong.json'), '{ "name": "wrong" }');
    expect(await rewrap('jobs', 'validate', 'jobs/wrong.json')).toMatchObject({ code: 2 });
    rmSync(join(project, 'jobs/wrong.json'));
  });

  it('has an embedded AWS in which its demo migrates and proves', async () => {
    const { code, stdout, stderr } = await rewrap('demo', '--json');
    // 1, because broken records are left alone.
    expect({ code, stderr }).toMatchObject({ code: 1 });
    const { proof } = JSON.parse(stdout) as {
      readonly proof: { readonly holds: boolean; readonly lost: unknown };
    };
    expect(proof).toMatchObject({ holds: true, lost: [] });
  }, 300_000);
});

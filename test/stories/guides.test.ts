import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createKeys, type Keys } from '../../examples/orders-app/create-keys.ts';
import { readOrders } from '../../examples/orders-app/read-orders.ts';
import { writeOrders } from '../../examples/orders-app/write-orders.ts';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { fresh } from '../support/fresh.ts';
import { guideSteps } from '../support/guide.ts';
import { GuideShell } from '../support/guide-shell.ts';

/** The reader of YAML that aws-cdk-lib ships: the CDK CLI sends its bootstrap template in YAML. */
const { parse } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  readonly parse: (text: string) => unknown;
};
const RECORDS = { orders: 120, documents: 30, flaws: false } as const;
let aws: Embedded;
let keys: Keys;
let shell: GuideShell;
let folder: string;

beforeEach(async () => {
  folder = fresh();
  aws = await embedded({
    ...{ logFolder: join(folder, 'logs'), waitScale: 0, readYaml: parse },
  });
  keys = await createKeys(aws);
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'company-trail' }));
  aws.aws.trails.create({ accountId: '111122223333', bucket: 'company-trail' });
  await writeOrders(aws, keys, RECORDS);
  shell = new GuideShell(folder, aws.endpoint);
});
afterEach(() => aws.stop());

/** Runs every command of a page as it is printed. */
const follow = async (page: string): Promise<void> => {
  for (const step of guideSteps(page)) await shell.follow(step);
};

let synthesized: string | undefined;

/** The stack of that job, synthesized once. */
async function assembly(): Promise<string> {
  if (synthesized === undefined) {
    synthesized = join(mkdtempSync(join(tmpdir(), 'guides-')), 'cdk.out');
    await synthesize({ jobs: 'examples/jobs/orders.json', outdir: synthesized });
  }
  return synthesized;
}

/** The job of examples/ deployed, as after the first guide. */
async function deployed(): Promise<void> {
  mkdirSync(join(folder, 'jobs'));
  copyFileSync('examples/jobs/orders.json', join(folder, 'jobs', 'orders.json'));
  await aws.aws.deploy(await assembly());
}

it('docs/guides/first-job.md does what it says', () => follow('docs/guides/first-job.md'));
it('docs/guides/retire-a-key.md does what it says', async () => {
  await deployed();
  await follow('docs/guides/retire-a-key.md');
  // Its last command has scheduled the deletion of the old key, with which KMS refuses to decrypt from then on.
  const read = await readOrders(aws);
  expect([read.length, read.filter(({ opened, keyArn }) => opened && keyArn === keys.new).length]).toEqual([
    150, 150,
  ]);
});

it('docs/guides/operate-runs.md does what it says', async () => {
  await deployed();
  await follow('docs/guides/operate-runs.md');
});

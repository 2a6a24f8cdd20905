import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Credentials } from '../../emulator/protocol/callers.ts';
import type { MeterReading } from '../../emulator/meter/reading.ts';
import { EMBEDDED_ACCOUNT } from './options.ts';
import { policyOf } from './policy.ts';

/** The reader of YAML that aws-cdk-lib ships: the CDK CLI sends its bootstrap template in YAML. */
const { parse } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  readonly parse: (text: string) => unknown;
};

export interface Running {
  readonly endpoint: string;
  /** Of a role that may do what the printed policy says, and nothing else. */
  readonly credentials: Credentials;
  /** All that was billable until now. */
  reading(): MeterReading;
  stop(): Promise<void>;
}

/** An embedded AWS in this process, and somebody who has what docs/live-test.md asks for. */
export async function startEmbedded(): Promise<Running> {
  const logFolder = mkdtempSync(join(tmpdir(), 'rewrap-live-logs-'));
  const aws = new EmbeddedAws({ readYaml: parse, logFolder });
  const endpoint = await aws.start();
  const roleArn = `arn:aws:iam::${EMBEDDED_ACCOUNT}:role/LiveTest`;
  aws.iam.identities.create(roleArn);
  aws.iam.identities.putInline(roleArn, 'LiveTest', policyOf(EMBEDDED_ACCOUNT));
  return {
    ...{ endpoint, credentials: aws.assume(roleArn), reading: () => aws.meter.read() },
    stop: async () => {
      await aws.stop();
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

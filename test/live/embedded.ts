import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';

/** The reader of YAML that aws-cdk-lib ships: the CDK CLI sends its bootstrap template in YAML. */
const { parse } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  readonly parse: (text: string) => unknown;
};

export interface Running {
  readonly aws: EmbeddedAws;
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** An embedded AWS in this process. */
export async function startEmbedded(): Promise<Running> {
  const logFolder = mkdtempSync(join(tmpdir(), 'rewrap-live-logs-'));
  const aws = new EmbeddedAws({ readYaml: parse, logFolder });
  const endpoint = await aws.start();
  return {
    ...{ aws, endpoint },
    stop: async () => {
      await aws.stop();
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

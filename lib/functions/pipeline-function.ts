import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { fileURLToPath } from 'node:url';

export interface PipelineFunctionProps {
  /** File name under `lambda/handlers/`, without `.ts`: the stage's name. */
  readonly handler: string;
  readonly description: string;
  readonly timeout: Duration;
  /** Files to lie beside the bundle: name in the bundle to path here. */
  readonly files?: Readonly<Record<string, string>>;
}

const HANDLERS = fileURLToPath(new URL('../../lambda/handlers/', import.meta.url));
const LOCK_FILE = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

/** CommonJS dependencies inside an ES module call `require` for Node's own modules. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** A stage of the pipeline as a function: one bundle, one role, one log group. */
export class PipelineFunction extends NodejsFunction {
  constructor(
    scope: Construct,
    id: string,
    { handler, description, timeout, files = {} }: PipelineFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // A role of its own instead of the managed policy for Lambda, which may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      role,
      entry: `${HANDLERS}${handler}.ts`,
      depsLockFilePath: LOCK_FILE,
      description,
      timeout,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The work is KMS and network; 512 MB buys the CPU share that keeps 32 calls in flight, not the memory.
      memorySize: 512,
      logGroup,
      environment: { POWERTOOLS_LOG_LEVEL: 'INFO' },
      bundling: {
        // The SDK travels with the bundle: key material ids and DryRun modifiers are there whatever the runtime ships.
        bundleAwsSDK: true,
        format: OutputFormat.ESM,
        // Runs on Lambda's Node 24 and on the Node 20 of the embedded AWS alike.
        target: 'node20',
        mainFields: ['module', 'main'],
        minify: true,
        banner: REQUIRE_BANNER,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input: string, output: string) =>
            Object.entries(files).map(([name, path]) => copyCommand(path, `${output}/${name}`)),
        },
      },
    });
  }
}

function copyCommand(from: string, to: string): string {
  return `node -e "require('node:fs').copyFileSync(process.argv[1], process.argv[2])" "${from}" "${to}"`;
}

import type { Fault, Faults } from './faults.ts';
import type { Trail, Trails } from './cloudtrail/trails.ts';
import type { LambdaRuntime } from './functions/service.ts';
import type { Meter } from './meter/meter.ts';
import type { Operations } from './operations.ts';
import { DEFAULT_REGION } from './protocol/callers.ts';
import type { AwsResponse } from './protocol/request.ts';

/** What can be turned from outside. */
interface Knobs {
  readonly faults: Faults;
  readonly lambda: LambdaRuntime;
  readonly meter: Meter;
  readonly operations: Operations;
  readonly trails: Trails;
  deploy(assembly: string): Promise<readonly string[]>;
}

/** What no real AWS has: a way to deploy an assembly, and knobs for tests. On loopback only, without credentials. */
export async function control(aws: Knobs, url: URL, body: Buffer): Promise<AwsResponse> {
  try {
    const input = body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Record<string, unknown>);
    const answer = await turned(aws, url, input);
    return answer === undefined ? json(404, { message: `no ${url.pathname}` }) : json(200, answer);
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

async function turned(
  aws: Knobs,
  { pathname, searchParams }: URL,
  input: Readonly<Record<string, unknown>>,
): Promise<object | undefined> {
  switch (pathname) {
    case '/_embedded/health':
      return { status: 'ok' };
    case '/_embedded/deploy':
      return { stacks: await aws.deploy(String(input['assembly'])) };
    case '/_embedded/faults':
      aws.faults.inject(input as unknown as Fault);
      return {};
    case '/_embedded/meter':
      return aws.meter.read();
    case '/_embedded/alarms':
      return { alarms: aws.operations.states(searchParams, DEFAULT_REGION) };
    case '/_embedded/reset-meter':
      aws.meter.reset();
      return {};
    case '/_embedded/trails':
      aws.trails.create(input as unknown as Trail);
      return {};
    case '/_embedded/deliver-trails':
      return { files: await aws.trails.deliver() };
    case '/_embedded/kill-workers': {
      const { function: name } = input;
      return { killed: aws.lambda.killBusy(typeof name === 'string' ? name : undefined) };
    }
    default:
      return undefined;
  }
}

function json(status: number, value: object): AwsResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

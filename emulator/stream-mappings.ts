import { setTimeout as sleep } from 'node:timers/promises';
import { TableStreams } from './dynamodb/streams.ts';
import { EventSourceMappings } from './functions/event-source-mappings.ts';
import type { FunctionDefinition, Functions } from './functions/functions.ts';
import type { Integrated } from './integrations.ts';
import type { EmbeddedAwsOptions } from './options.ts';
import type { Authorization } from './protocol/authorization.ts';

/** The streams of tables, and the mappings that hand their records to functions. */
export function streamsAndMappings(
  integrated: Pick<Integrated, 'functions' | 'lambda' | 'authorizationOf'>,
  { now = Date.now, waitScale = 1 }: EmbeddedAwsOptions,
): { readonly streams: TableStreams; readonly mappings: EventSourceMappings } {
  const { functions, lambda } = integrated;
  const streams = new TableStreams(now);
  const mappings = new EventSourceMappings({
    ...{ now, wait: ms => sleep(ms * waitScale, undefined, { ref: false }) },
    read: (...of) => streams.read(...of),
    invoke: (arn, event) => lambda.invoke(functionAt(functions, arn), event),
    roleOf: arn => roleOf(integrated, arn),
  });
  streams.listen(() => mappings.wake());
  return { streams, mappings };
}

export function functionAt(functions: Functions, arn: string): FunctionDefinition {
  const [region = '', accountId = ''] = arn.split(':').slice(3);
  return functions.get(arn, { region, accountId });
}

/** What the role of a function may do. */
export function roleOf(
  { functions, authorizationOf }: Pick<Integrated, 'functions' | 'authorizationOf'>,
  functionArn: string,
): Authorization {
  const { region, roleArn } = functionAt(functions, functionArn);
  const accountId = roleArn.split(':')[4] ?? '';
  return authorizationOf({ caller: { accountId, arn: roleArn }, region, service: 'lambda' });
}

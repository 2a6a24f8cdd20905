import { Buffer } from 'node:buffer';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import { AwsError } from '../protocol/aws-error.ts';
import { inputOf, jsonError, targetOf } from '../protocol/json-protocol.ts';
import { isBackupOperation, TableBackups } from './backups.ts';
import { batchStatements, type CarriedOut } from './batch-statements.ts';
import { describedTables } from './described-tables.ts';
import { expressionTooLarge } from './expression-limits.ts';
import type { Item } from './item-size.ts';
import { keyIn, schemas } from './keys-of-items.ts';
import { permissionsOf } from './permissions.ts';
import { ProvisionedTables } from './provisioned.ts';
import { contradictionIn } from './reads.ts';
import { internalServerError, json } from './response-body.ts';
import { ServerSideKeys, type Encryption, type TableKeys } from './server-side-keys.ts';
import { shim } from './shims.ts';
import { afterItsChange } from './table-changes.ts';
import {
  askingForCapacity,
  capacityIn,
  kindOf,
  withoutCapacity,
  writeUnitsOf,
  type Consumed,
} from './capacity.ts';
import { AllTables, callsFor, forward, targeting, type Tables } from './tables.ts';
import type { TableStreams } from './streams.ts';
import { isTransaction, transact } from './transactions.ts';
import { wellFormed } from './well-formed.ts';

export interface DynamoDbOptions {
  readonly streams: TableStreams;
  /** The clock by which client tokens expire, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Told which units each request consumes. @default nobody */
  readonly consumed?: Consumed;
}

/**
 * DynamoDB on loopback: one dynalite for each account and Region, called without a socket, and a shim for what dynalite
 * lacks. behaviour.md says what it does and does not do.
 */
export function dynamoDbService(
  tableKeys: TableKeys,
  { streams, now = Date.now, consumed = () => undefined }: DynamoDbOptions,
): Service {
  const all = new AllTables(now);
  const keys = new ServerSideKeys(tableKeys);
  const provisioned = new ProvisionedTables(now);
  const backups = new TableBackups({ now, described: describedTables(all, keys) });
  const carryOut = async (operation: string, request: AwsRequest): Promise<CarriedOut> => {
    const failed = new Map<string, number>();
    const counting: Consumed = (region, table, units) => {
      consumed(region, table, units);
      failed.set(table, (failed.get(table) ?? 0) + (units.writeUnits ?? 0));
    };
    const tables = all.of(request);
    const serve = (asked: AwsRequest): Promise<AwsResponse> =>
      answer(operation, asked, { tables, streams, consumed: counting });
    const response = await provisioned.serve(operation, request, { serve, failed });
    return { response, failedUnits: sum([...failed.values()]) };
  };
  const batch = async (request: AwsRequest): Promise<AwsResponse> => {
    const schemaOf = schemas(callsFor(all.of(request).server, request));
    const update = async (input: object): Promise<CarriedOut> => {
      const asked = asking('UpdateItem', input, request);
      try {
        keys.need('UpdateItem', inputOf(asked), asked);
        return await carryOut('UpdateItem', asked);
      } catch (error) {
        return { response: refused(error, request), failedUnits: 0 };
      }
    };
    return json(request, await batchStatements(request, { schemaOf, update }));
  };
  return {
    async handle(received: AwsRequest): Promise<AwsResponse> {
      const operation = targetOf(received);
      try {
        const request = wellFormed(received);
        if (operation === 'BatchExecuteStatement') return await batch(request);
        const chosen = admitted(operation, request, keys);
        if (isBackupOperation(operation)) return json(request, await backups.answer(operation, request));
        const { response } = await carryOut(operation, request);
        provisioned.remember(operation, request, response);
        return sealed(operation, request, { response, keys, chosen, streams });
      } catch (error) {
        return refused(error, received);
      }
    },
  };
}

/** Another operation on behalf of the same caller. */
function asking(operation: string, input: object, request: AwsRequest): AwsRequest {
  const body = Buffer.from(JSON.stringify(input));
  return { ...request, headers: targeting(request.headers, operation), body };
}

function sum(units: readonly number[]): number {
  return units.reduce((total, one) => total + one, 0);
}

/** What IAM says to it, before DynamoDB looks whether there is such a table. @throws AwsError */
function admitted(operation: string, request: AwsRequest, keys: ServerSideKeys): Encryption | undefined {
  const input = inputOf(request);
  for (const permission of permissionsOf(operation, input, request)) request.iam.need(permission);
  keys.need(operation, input, request);
  const chosen = keys.chosen(operation, input, request);
  if (operation === 'UpdateTable' || operation === 'DeleteTable')
    keys.needActive(String(input['TableName']), request);
  return chosen;
}

interface Answered {
  readonly response: AwsResponse;
  readonly keys: ServerSideKeys;
  readonly chosen: Encryption | undefined;
  readonly streams: TableStreams;
}

/** What an operation on a table means for its encryption and its stream, and how the answer tells it. */
function sealed(
  operation: string,
  request: AwsRequest,
  { response, keys, chosen, streams }: Answered,
): AwsResponse {
  if (response.status !== 200) return response;
  const { TableName, StreamSpecification } = inputOf(request);
  const table = String(TableName);
  const streamed = operation === 'CreateTable' || operation === 'UpdateTable';
  if (streamed && StreamSpecification !== undefined) streams.specify(table, request, StreamSpecification);
  switch (operation) {
    case 'CreateTable':
      keys.created(table, request, chosen);
      break;
    case 'UpdateTable':
      if (chosen !== undefined) keys.change(table, request, chosen);
      break;
    case 'DeleteTable':
      keys.deleted(table, request);
      streams.deleted(table, request);
      break;
    case 'DescribeTable':
      break;
    default:
      return response;
  }
  const output = JSON.parse(String(response.body)) as Readonly<Record<string, Record<string, unknown>>>;
  const described = Object.entries(output).map(
    ([name, one]) => [name, streams.described(keys.described(one, request), request)] as const,
  );
  if (operation === 'DescribeTable') keys.seen(table, request);
  return json(request, Object.fromEntries(described));
}

/** The item that a write is about. */
async function itemThere(request: AwsRequest, { server }: Tables): Promise<Item | undefined> {
  const { TableName, Key, Item: item = {} } = inputOf(request) as unknown as Named;
  const call = callsFor(server, request);
  const key = Key ?? keyIn(item, await schemas(call)(TableName), true);
  const { output } = await call('GetItem', { TableName, Key: key, ConsistentRead: true });
  return output['Item'] as Item | undefined;
}

interface Named {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

interface Answering {
  readonly tables: Tables;
  readonly streams: TableStreams;
  readonly consumed: Consumed;
}

async function answer(operation: string, request: AwsRequest, answering: Answering): Promise<AwsResponse> {
  const { tables, streams, consumed } = answering;
  const call = callsFor(tables.server, request);
  const recording = await streams.recording(operation, inputOf(request), { at: request, call });
  if (!isTransaction(operation)) {
    const work = () => single(operation, request, answering);
    // What a stream tells of a write is read before and after it, and nobody writes in between.
    return recording === undefined ? tables.turns.together(work) : tables.turns.alone(() => recording(work));
  }
  try {
    const spent = (table: string, units: object) => consumed(request.region, table, units);
    const transacting = { call, tables, consumed: spent, ...(recording !== undefined && { recording }) };
    return json(request, await transact(operation, inputOf(request), transacting));
  } catch (error) {
    return refused(error, request);
  }
}

async function single(operation: string, request: AwsRequest, answering: Answering): Promise<AwsResponse> {
  const { tables, consumed } = answering;
  const shimmed = (await shim(operation, request, tables)) ?? refusedAtOnce(operation, request);
  if (shimmed !== undefined) return shimmed;
  const kind = kindOf(operation);
  if (kind === undefined) {
    const response = await forward(tables.server, request);
    return afterItsChange(operation, request, { response, server: tables.server });
  }
  const asking = askingForCapacity(request);
  const answered = await forward(tables.server, asking);
  if (answered.status !== 200) return withOldItem(operation, request, { ...answering, response: answered });
  for (const { TableName = '', CapacityUnits = 0 } of capacityIn(answered))
    consumed(request.region, TableName, { [kind === 'reads' ? 'readUnits' : 'writeUnits']: CapacityUnits });
  return withoutCapacity(request, answered);
}

function refused(error: unknown, { requestId }: AwsRequest): AwsResponse {
  if (!(error instanceof AwsError)) return internalServerError(error);
  return jsonError(error, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': requestId,
  });
}

/** What dynalite does not refuse: it has no limit for expressions, and takes what contradicts itself. */
function refusedAtOnce(operation: string, request: AwsRequest): AwsResponse | undefined {
  const message = expressionTooLarge(request.body) ?? contradictionIn(operation, inputOf(request));
  const __type = 'com.amazon.coral.validate#ValidationException';
  return message === undefined ? undefined : json(request, { __type, message }, 400);
}

/**
 * ReturnValuesOnConditionCheckFailure: dynalite ignores it, so read the item after the failure. This is not atomic. A write
 * whose condition fails consumes what the item that is there would cost (Developer Guide, "Working with items").
 */
async function withOldItem(
  operation: string,
  request: AwsRequest,
  { response, tables, consumed }: Answering & { readonly response: AwsResponse },
): Promise<AwsResponse> {
  if (response.status !== 400 || !['UpdateItem', 'PutItem', 'DeleteItem'].includes(operation))
    return response;
  const error = JSON.parse(String(response.body)) as { readonly __type?: string };
  const input = JSON.parse(request.body.toString('utf8')) as Named & {
    readonly ReturnValuesOnConditionCheckFailure?: string;
  };
  if (!error.__type?.endsWith('ConditionalCheckFailedException')) return response;
  const found = await itemThere(request, tables);
  consumed(request.region, input.TableName, { writeUnits: writeUnitsOf(found ?? {}) });
  const isShown = found !== undefined && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  return isShown ? json(request, { ...error, Item: found }, 400) : response;
}

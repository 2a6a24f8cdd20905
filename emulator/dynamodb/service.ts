import dynalite from 'dynalite';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { Readable } from 'node:stream';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import { inputOf, jsonError, targetOf } from '../protocol/json-protocol.ts';
import { expressionTooLarge } from './expression-limits.ts';
import { permissionsOf } from './permissions.ts';
import { ServerSideKeys, type UseKey } from './server-side-keys.ts';

/**
 * DynamoDB on loopback: one dynalite for each account and Region, called without a socket, and a shim for what dynalite
 * lacks. behaviour.md says what it does and does not do.
 */
export function dynamoDbService(useKey?: UseKey): Service {
  const tables = new Map<string, Server>();
  const keys = new ServerSideKeys(useKey);
  return {
    async handle(request: AwsRequest): Promise<AwsResponse> {
      const server = serverOf(tables, request);
      const operation = targetOf(request);
      const refusal = refusalOf(operation, request, keys);
      const shimmed = refusal ?? (await shim(operation, request, server)) ?? tooLarge(request);
      if (shimmed !== undefined) return shimmed;
      const response = await forward(server, request);
      keys.remember(operation, request, response);
      return withOldItem(operation, request, response, server);
    },
  };
}

/** What IAM says to it, before DynamoDB looks whether there is such a table. */
function refusalOf(operation: string, request: AwsRequest, keys: ServerSideKeys): AwsResponse | undefined {
  try {
    const input = inputOf(request);
    for (const permission of permissionsOf(operation, input, request)) request.iam.need(permission);
    keys.need(operation, input, request);
    return undefined;
  } catch (error) {
    return jsonError(error, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': request.requestId,
    });
  }
}

function serverOf(tables: Map<string, Server>, { region, caller }: AwsRequest): Server {
  const place = `${caller.accountId}/${region}`;
  const known = tables.get(place);
  if (known !== undefined) return known;
  // dynalite reads account and Region from the environment once, when it is created.
  const before = { region: process.env['AWS_REGION'], account: process.env['AWS_ACCOUNT_ID'] };
  process.env['AWS_REGION'] = region;
  process.env['AWS_ACCOUNT_ID'] = caller.accountId;
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  restore('AWS_REGION', before.region);
  restore('AWS_ACCOUNT_ID', before.account);
  tables.set(place, server);
  return server;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

/** Hands a request to dynalite's own request handler and collects what it answers. */
function forward(
  server: Server,
  { method, path, headers, body }: Pick<AwsRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<AwsResponse> {
  return new Promise(resolve => {
    const incoming = Object.assign(Readable.from(body.length === 0 ? [] : [body]), {
      method,
      url: path,
      headers: { ...headers, 'content-length': String(body.length) },
    });
    server.emit('request', incoming, new CollectedResponse(resolve));
  });
}

/** The part of http.ServerResponse that dynalite uses. */
class CollectedResponse {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #resolve: (response: AwsResponse) => void;

  constructor(resolve: (response: AwsResponse) => void) {
    this.#resolve = resolve;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  removeHeader(name: string): void {
    Reflect.deleteProperty(this.#headers, name.toLowerCase());
  }

  end(body: string | Buffer = ''): void {
    this.#resolve({ status: this.statusCode, headers: this.#headers, body });
  }
}

/** Refuses expressions that are too large, because dynalite has no limit. */
function tooLarge(request: AwsRequest): AwsResponse | undefined {
  const message = expressionTooLarge(request.body);
  const __type = 'com.amazon.coral.validate#ValidationException';
  return message === undefined ? undefined : json(request, { __type, message }, 400);
}

/** Operations that dynalite does not know. */
async function shim(
  operation: string,
  request: AwsRequest,
  server: Server,
): Promise<AwsResponse | undefined> {
  switch (operation) {
    case 'DescribeContinuousBackups': {
      const table = await forward(server, {
        ...request,
        headers: targeting(request.headers, 'DescribeTable'),
      });
      if (table.status !== 200) return table;
      return json(request, {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      });
    }
    case 'UpdateTimeToLive': {
      const { TimeToLiveSpecification } = JSON.parse(request.body.toString('utf8')) as {
        readonly TimeToLiveSpecification: object;
      };
      return json(request, { TimeToLiveSpecification });
    }
    default:
      return undefined;
  }
}

/** ReturnValuesOnConditionCheckFailure: dynalite ignores it, so read the item after the failure. This is not atomic. */
async function withOldItem(
  operation: string,
  request: AwsRequest,
  response: AwsResponse,
  server: Server,
): Promise<AwsResponse> {
  if (response.status !== 400 || !['UpdateItem', 'PutItem', 'DeleteItem'].includes(operation))
    return response;
  const error = JSON.parse(String(response.body)) as { readonly __type?: string };
  const input = JSON.parse(request.body.toString('utf8')) as {
    readonly TableName: string;
    readonly Key?: object;
    readonly ReturnValuesOnConditionCheckFailure?: string;
  };
  if (
    !error.__type?.endsWith('ConditionalCheckFailedException') ||
    input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD' ||
    input.Key === undefined
  )
    return response;
  const body = Buffer.from(
    JSON.stringify({ TableName: input.TableName, Key: input.Key, ConsistentRead: true }),
  );
  const { body: found } = await forward(server, {
    ...request,
    headers: targeting(request.headers, 'GetItem'),
    body,
  });
  const { Item } = JSON.parse(String(found)) as { readonly Item?: object };
  return Item === undefined ? response : json(request, { ...error, Item }, 400);
}

function targeting(headers: IncomingHttpHeaders, operation: string): IncomingHttpHeaders {
  return { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` };
}

function json({ requestId }: AwsRequest, output: object, status = 200): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId },
    body: JSON.stringify(output),
  };
}

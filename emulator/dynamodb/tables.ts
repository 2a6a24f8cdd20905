import dynalite from 'dynalite';
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { putInPlace } from './expressions/in-dynalite.ts';
import { serving } from './guarded-store.ts';
import { ClientTokens } from './idempotency.ts';
import { internalServerError } from './response-body.ts';
import { Turns } from './turns.ts';

/** The tables of an account in a Region. */
export interface Tables {
  readonly server: Server;
  readonly turns: Turns;
  readonly tokens: ClientTokens;
}

export class AllTables {
  readonly #places = new Map<string, Tables>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  of({ region, caller }: Pick<AwsRequest, 'region' | 'caller'>): Tables {
    const place = `${caller.accountId}/${region}`;
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    const server = newServer(region, caller.accountId);
    const tables = { server, turns: new Turns(), tokens: new ClientTokens(this.#now) };
    this.#places.set(place, tables);
    return tables;
  }
}

/** dynalite reads account and Region from the environment once, when it is created. */
function newServer(region: string, accountId: string): Server {
  putInPlace();
  const before = { region: process.env['AWS_REGION'], account: process.env['AWS_ACCOUNT_ID'] };
  process.env['AWS_REGION'] = region;
  process.env['AWS_ACCOUNT_ID'] = accountId;
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  restore('AWS_REGION', before.region);
  restore('AWS_ACCOUNT_ID', before.account);
  return server;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

/**
 * Hands a request to dynalite's own request handler and collects what it answers. If it throws, the answer is the one that DynamoDB gives
 * to what goes wrong in itself.
 */
export function forward(
  server: Server,
  { method, path, headers, body }: Pick<AwsRequest, 'method' | 'path' | 'headers' | 'body'>,
): Promise<AwsResponse> {
  return new Promise(resolve => {
    const incoming = Object.assign(new EventEmitter(), {
      method,
      url: path,
      headers: { ...headers, 'content-length': String(body.length) },
    });
    serving(
      error => resolve(internalServerError(error)),
      () => {
        server.emit('request', incoming, new CollectedResponse(resolve));
        if (body.length > 0) incoming.emit('data', body);
        incoming.emit('end');
      },
    );
  });
}

export interface Answer {
  readonly status: number;
  readonly output: Readonly<Record<string, unknown>>;
}

/** Calls an operation of dynalite. */
export type Call = (operation: string, input: object) => Promise<Answer>;

/** Calls on behalf of a request. */
export function callsFor(server: Server, request: AwsRequest): Call {
  return async (operation, input) => {
    const headers = targeting(request.headers, operation);
    const { status, body } = await forward(server, {
      ...request,
      headers,
      body: Buffer.from(JSON.stringify(input)),
    });
    return { status, output: JSON.parse(String(body)) as Record<string, unknown> };
  };
}

export function targeting(headers: IncomingHttpHeaders, operation: string): IncomingHttpHeaders {
  return { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}` };
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

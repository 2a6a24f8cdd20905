import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import type { AwsRequest } from '../protocol/request.ts';
import { tablesOf } from './permissions.ts';

type Input = Readonly<Record<string, unknown>>;
type At = Pick<AwsRequest, 'region' | 'caller'>;

/** What KMS says to a table's key. */
export interface TableKeys {
  /** DynamoDB opens a table for its caller. @throws AwsError if the caller may not use the key */
  use(keyArn: string, tableName: string, at: OperationContext): void;
  /** A caller gives a table a key. Its ARN. @throws AwsError if there is no such key, or the caller may not give it */
  choose(key: string, tableName: string, at: OperationContext): string;
}

/** Whose key seals a table: DynamoDB's, AWS's for the account (`aws/dynamodb`), or the customer's. */
export type Encryption =
  { readonly kind: 'dynamodb' | 'aws' } | { readonly kind: 'customer'; readonly keyArn: string };

interface Sealed {
  readonly now: Encryption;
  /** While it is being changed. */
  readonly next?: Encryption;
}

/** Operations that touch items. Descriptions of a table do not need its key. */
const ON_ITEMS = /Item|^Query$|^Scan$/;
const UNSAID: Encryption = { kind: 'dynamodb' };

/** The encryption of tables. dynalite knows nothing of it. */
export class ServerSideKeys {
  readonly #tables = new Map<string, Sealed>();
  readonly #keys: TableKeys;

  constructor(keys: TableKeys) {
    this.#keys = keys;
  }

  /** Asks for the keys of the tables whose items an operation touches: while one is being changed, for the old and the new. */
  need(operation: string, input: Input, request: AwsRequest): void {
    if (this.#tables.size === 0 || !ON_ITEMS.test(operation)) return;
    for (const table of tablesOf(operation, input)) {
      const { now = UNSAID, next = UNSAID } = this.#tables.get(placeOf(table, request)) ?? {};
      for (const one of [now, next])
        if (one.kind === 'customer') this.#keys.use(one.keyArn, nameOf(table), request);
    }
  }

  /** What a caller asks for who creates or changes a table. @throws AwsError if the caller may not */
  chosen(operation: string, input: Input, request: AwsRequest): Encryption | undefined {
    if (operation !== 'CreateTable' && operation !== 'UpdateTable') return undefined;
    const { TableName, SSESpecification } = input as {
      readonly TableName: string;
      readonly SSESpecification?: { readonly Enabled?: boolean; readonly KMSMasterKeyId?: string };
    };
    if (SSESpecification === undefined) return undefined;
    const { Enabled, KMSMasterKeyId } = SSESpecification;
    if (Enabled !== true) return UNSAID;
    if (KMSMasterKeyId === undefined) return { kind: 'aws' };
    return {
      kind: 'customer',
      keyArn: this.#keys.choose(KMSMasterKeyId, nameOf(TableName), request),
    };
  }

  created(table: string, at: At, encryption: Encryption = UNSAID): void {
    this.#tables.set(placeOf(table, at), { now: encryption });
  }

  deleted(table: string, at: At): void {
    this.#tables.delete(placeOf(table, at));
  }

  /** @throws AwsError ResourceInUseException: until a change is over, the table is neither changed nor deleted */
  needActive(table: string, at: At): void {
    if (this.#tables.get(placeOf(table, at))?.next !== undefined)
      throw new AwsError(
        'ResourceInUseException',
        `Attempt to change a resource which is still in use: Table is being updated: ${nameOf(table)}`,
      );
  }

  /** @throws AwsError ValidationException if nothing would change; ResourceInUseException */
  change(table: string, at: At, next: Encryption): void {
    this.needActive(table, at);
    const { now = UNSAID } = this.#tables.get(placeOf(table, at)) ?? {};
    if (isDeepStrictEqual(now, next))
      throw new AwsError(
        'ValidationException',
        'One or more parameter values were invalid: the table is already encrypted so',
      );
    this.#tables.set(placeOf(table, at), { now, next });
  }

  /** A table's description, with its encryption. */
  described(description: Input, at: At): Input {
    const { now = UNSAID, next } = this.#tables.get(placeOf(String(description['TableName']), at)) ?? {};
    if (next === undefined)
      return now.kind === 'dynamodb'
        ? description
        : { ...description, SSEDescription: words('ENABLED', now) };
    return { ...description, TableStatus: 'UPDATING', SSEDescription: words('UPDATING', now) };
  }

  /** Whoever has seen that a table is being changed sees next that it is over. */
  seen(table: string, at: At): void {
    const { next } = this.#tables.get(placeOf(table, at)) ?? {};
    if (next !== undefined) this.#tables.set(placeOf(table, at), { now: next });
  }
}

function words(Status: string, now: Encryption): object {
  return { Status, SSEType: 'KMS', ...(now.kind === 'customer' && { KMSMasterKeyArn: now.keyArn }) };
}

function placeOf(table: string, { region, caller }: At): string {
  return `${caller.accountId}/${region}/${nameOf(table)}`;
}

/** Tables are named by name or by ARN. */
function nameOf(table: string): string {
  return table.split('/')[1] ?? table;
}

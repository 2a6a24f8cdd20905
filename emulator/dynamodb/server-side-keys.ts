import type { OperationContext } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { tablesOf } from './permissions.ts';

type Input = Readonly<Record<string, unknown>>;

/** DynamoDB uses a key for its caller. @throws AwsError if the caller may not use it */
export type UseKey = (key: string, tableName: string, at: OperationContext) => void;

/** Operations that touch items. Descriptions of a table do not need its key. */
const ON_ITEMS = /Item|^Query$|^Scan$/;

/** The customer managed keys of tables. dynalite knows nothing of them. */
export class ServerSideKeys {
  readonly #keys = new Map<string, string>();
  readonly #use: UseKey;

  constructor(use: UseKey = () => undefined) {
    this.#use = use;
  }

  remember(operation: string, request: AwsRequest, { status }: AwsResponse): void {
    if (operation !== 'CreateTable' || status !== 200) return;
    const { TableName, SSESpecification } = JSON.parse(request.body.toString('utf8')) as {
      readonly TableName: string;
      readonly SSESpecification?: { readonly KMSMasterKeyId?: string };
    };
    const key = SSESpecification?.KMSMasterKeyId;
    if (key !== undefined) this.#keys.set(placeOf(TableName, request), key);
  }

  need(operation: string, input: Input, request: AwsRequest): void {
    if (this.#keys.size === 0 || !ON_ITEMS.test(operation)) return;
    for (const table of tablesOf(operation, input)) {
      const key = this.#keys.get(placeOf(table, request));
      if (key !== undefined) this.#use(key, nameOf(table), request);
    }
  }
}

function placeOf(table: string, { region, caller }: Pick<AwsRequest, 'region' | 'caller'>): string {
  return `${caller.accountId}/${region}/${nameOf(table)}`;
}

/** Tables are named by name or by ARN. */
function nameOf(table: string): string {
  return table.split('/')[1] ?? table;
}

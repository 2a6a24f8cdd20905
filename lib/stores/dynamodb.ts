import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { Grant, Home } from '../grants/grant.ts';
import { copyWrites, ownWrites, serverSideKey, type Place, type Writes } from './place.ts';

/** The table of a store and, where it is copied, the table that its copies go to. */
export function tablePlaces(store: TableStore, region: string): readonly Place[] {
  const { table, copyTo, scope } = store;
  const own = new TablePlace(table, ownWrites(store, region), { scanned: true, index: scope?.index });
  if (copyTo === undefined) return [own];
  return [own, new TablePlace(copyTo.table, copyWrites(copyTo), { scanned: false, index: undefined })];
}

/** How its items are found. */
interface Found {
  /** By a scan; elsewhere by their keys. */
  readonly scanned: boolean;
  readonly index: string | undefined;
}

class TablePlace implements Place {
  readonly #table: string;
  readonly #writes: Writes;
  readonly #found: Found;

  constructor(table: string, writes: Writes, found: Found) {
    this.#table = table;
    this.#writes = writes;
    this.#found = found;
  }

  inspect(home: Home): readonly Grant[] {
    const actions = ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'];
    return [{ actions, resource: this.#arn(home) }];
  }

  read(home: Home): readonly Grant[] {
    const { scanned, index } = this.#found;
    const resource = this.#arn(home);
    const actions = [
      'dynamodb:DescribeTable',
      ...(scanned && index === undefined ? ['dynamodb:Scan'] : []),
      ...(index !== undefined || !scanned ? ['dynamodb:BatchGetItem'] : []),
    ];
    const indexed = { actions: ['dynamodb:Scan'], resource: `${resource}/index/${index}` };
    return [
      { actions, resource },
      ...(index === undefined ? [] : [indexed]),
      ...this.#serverSideKey(['kms:Decrypt']),
    ];
  }

  restore(home: Home): readonly Grant[] {
    const { written } = this.#writes;
    const byKey = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
    const actions = ['dynamodb:DescribeTable', ...(written ? byKey : [])];
    return [{ actions, resource: this.#arn(home) }, ...(written ? this.#serverSideKey(['kms:Decrypt']) : [])];
  }

  /** PutItem only where a job makes items. */
  migrate(home: Home): readonly Grant[] {
    const { written, created } = this.#writes;
    const actions = [
      'dynamodb:GetItem',
      ...(written ? ['dynamodb:UpdateItem'] : []),
      ...(created ? ['dynamodb:PutItem'] : []),
    ];
    return [{ actions, resource: this.#arn(home) }];
  }

  #serverSideKey(actions: readonly string[]): readonly Grant[] {
    return serverSideKey({ service: 'dynamodb', actions }, this.#writes);
  }

  #arn({ partition, account }: Home): string {
    return `arn:${partition}:dynamodb:${this.#writes.region}:${account}:table/${this.#table}`;
  }
}

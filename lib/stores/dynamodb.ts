import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { Grant, Home } from '../grants/grant.ts';
import { copyWrites, ownWrites, serverSideKey, type Place, type Writes } from './place.ts';

/** The table of a store and, where it is copied, the table that its copies go to. */
export function tablePlaces(store: TableStore, region: string): readonly Place[] {
  const { table, copyTo, scope } = store;
  const guarded = configureFormat(store, formats).guards !== undefined;
  const own = new TablePlace(table, ownWrites(store, region), {
    scanned: true,
    index: scope?.index,
    guarded,
  });
  if (copyTo === undefined) return [own];
  const found = { scanned: false, index: undefined, guarded };
  return [own, new TablePlace(copyTo.table, copyWrites(copyTo), found)];
}

/** How its items are found, and written. */
interface Items {
  /** By a scan; elsewhere by their keys. */
  readonly scanned: boolean;
  readonly index: string | undefined;
  /** Each is written only if other items are not there. */
  readonly guarded: boolean;
}

class TablePlace implements Place {
  readonly #table: string;
  readonly #writes: Writes;
  readonly #items: Items;

  constructor(table: string, writes: Writes, items: Items) {
    this.#table = table;
    this.#writes = writes;
    this.#items = items;
  }

  inspect(home: Home): readonly Grant[] {
    const actions = ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'];
    return [{ actions, resource: this.#arn(home) }];
  }

  read(home: Home): readonly Grant[] {
    const { scanned, index } = this.#items;
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
      ...this.#serverSideKey(home, ['kms:Decrypt']),
    ];
  }

  restore(home: Home): readonly Grant[] {
    const { written } = this.#writes;
    const byKey = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', ...this.#updates, ...this.#guardChecks()];
    const actions = ['dynamodb:DescribeTable', ...(written ? byKey : [])];
    return [
      { actions, resource: this.#arn(home) },
      ...(written ? this.#serverSideKey(home, ['kms:Decrypt']) : []),
    ];
  }

  /** PutItem only where a job makes items. Where it neither writes nor makes others of them, reading is enough. */
  migrate(home: Home): readonly Grant[] {
    const { written, created, copied } = this.#writes;
    if (!written && !copied) return [];
    const actions = [
      'dynamodb:GetItem',
      ...(written ? this.#updates : []),
      ...(created ? ['dynamodb:PutItem'] : []),
      ...(written ? this.#guardChecks() : []),
    ];
    return [{ actions, resource: this.#arn(home) }];
  }

  /** Several in one request, or each by itself; of a guarded table, each by itself. */
  get #updates(): readonly string[] {
    return ['dynamodb:UpdateItem', ...(this.#items.guarded ? [] : ['dynamodb:PartiQLUpdate'])];
  }

  #guardChecks(): readonly string[] {
    return this.#items.guarded ? ['dynamodb:ConditionCheckItem'] : [];
  }

  #serverSideKey(home: Home, actions: readonly string[]): readonly Grant[] {
    return serverSideKey({ type: 'dynamodb', name: this.#table, actions }, this.#writes, home);
  }

  #arn({ partition, account }: Home): string {
    return `arn:${partition}:dynamodb:${this.#writes.region}:${account}:table/${this.#table}`;
  }
}

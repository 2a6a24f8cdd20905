import { Stack } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import { allow, allowServerSideKey, copyWrites, ownWrites, type Place, type Writes } from './place.ts';

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

  inspect(grantee: Function): void {
    allow(grantee, ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'], [this.#arn(grantee)]);
  }

  read(grantee: Function): void {
    const { scanned, index } = this.#found;
    const table = this.#arn(grantee);
    allow(grantee, ['dynamodb:DescribeTable', ...(scanned ? ['dynamodb:Scan'] : [])], [table]);
    if (index !== undefined) allow(grantee, ['dynamodb:Scan'], [`${table}/index/${index}`]);
    if (index !== undefined || !scanned) allow(grantee, ['dynamodb:BatchGetItem'], [table]);
    this.#serverSideKey(grantee, ['kms:Decrypt']);
  }

  restore(grantee: Function): void {
    const { written } = this.#writes;
    const byKey = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
    allow(grantee, ['dynamodb:DescribeTable', ...(written ? byKey : [])], [this.#arn(grantee)]);
    if (written) this.#serverSideKey(grantee, ['kms:Decrypt']);
  }

  /** PutItem only where a job makes items. */
  migrate(grantee: Function): void {
    const { written, created } = this.#writes;
    allow(
      grantee,
      [
        'dynamodb:GetItem',
        ...(written ? ['dynamodb:UpdateItem'] : []),
        ...(created ? ['dynamodb:PutItem'] : []),
      ],
      [this.#arn(grantee)],
    );
  }

  #serverSideKey(grantee: Function, actions: string[]): void {
    allowServerSideKey(grantee, { service: 'dynamodb', actions }, this.#writes);
  }

  #arn(grantee: Function): string {
    const { region } = this.#writes;
    return Stack.of(grantee).formatArn({
      ...{ service: 'dynamodb', region, resource: 'table' },
      resourceName: this.#table,
    });
  }
}

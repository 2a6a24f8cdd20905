import type { Permission } from '../protocol/authorization.ts';
import type { AwsRequest } from '../protocol/request.ts';

type Input = Readonly<Record<string, unknown>>;

/** The members of batches and transactions, and the action of each. */
const TRANSACTED: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** What an operation needs: its own action on each table that it names, or on the index that it reads. */
export function permissionsOf(
  operation: string,
  input: Input,
  at: Pick<AwsRequest, 'region' | 'caller'>,
): readonly Permission[] {
  return usesOf(operation, input).map(({ action, table, index }) => {
    const arn = tableArn(table, at);
    return {
      action: `dynamodb:${action}`,
      resource: index === undefined ? arn : `${arn}/index/${index}`,
      resourceAccountId: arn.split(':')[4] ?? at.caller.accountId,
      ...(operation.startsWith('Transact') && { conditions: { 'dynamodb:EnclosingOperation': operation } }),
    };
  });
}

/** The tables that an operation reads or writes. */
export function tablesOf(operation: string, input: Input): readonly string[] {
  return usesOf(operation, input).map(({ table }) => table);
}

interface Use {
  readonly action: string;
  readonly table: string;
  readonly index?: string;
}

function usesOf(operation: string, input: Input): readonly Use[] {
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys((input['RequestItems'] ?? {}) as Input).map(table => ({ action: operation, table }));
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return ((input['TransactItems'] ?? []) as readonly Input[]).flatMap(item =>
        Object.entries(item).map(([kind, member]) => ({
          action: TRANSACTED[kind] ?? kind,
          table: String((member as Input)['TableName']),
        })),
      );
    case 'ListTables':
    case 'ListBackups':
      return [{ action: operation, table: '*' }];
    default:
      return [one(operation, input)];
  }
}

function one(operation: string, { TableName, ResourceArn, BackupArn, IndexName }: Input): Use {
  const table = [TableName, ResourceArn, BackupArn].find(name => typeof name === 'string') ?? '*';
  const reads = operation === 'Query' || operation === 'Scan';
  return { action: operation, table, ...(reads && typeof IndexName === 'string' && { index: IndexName }) };
}

/** Of a table that is named by its name or by its ARN. */
export function tableArn(name: string, { region, caller }: Pick<AwsRequest, 'region' | 'caller'>): string {
  return name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${caller.accountId}:table/${name}`;
}

import type { AwsRequest } from '../protocol/request.ts';
import { tableArn } from './permissions.ts';

type Input = Readonly<Record<string, unknown>>;

/** The request with its tables by name: dynalite does not know their ARNs. Those of other accounts and Regions stay as they are. */
export function tablesByName(input: Input, at: Pick<AwsRequest, 'region' | 'caller'>): Input {
  const prefix = tableArn('', at);
  if (!JSON.stringify(input).includes(prefix)) return input;
  const nameOf = (table: string): string => (table.startsWith(prefix) ? table.slice(prefix.length) : table);
  const named = (member: Input): Input =>
    typeof member['TableName'] === 'string' ? { ...member, TableName: nameOf(member['TableName']) } : member;
  const { RequestItems, TransactItems } = input as {
    readonly RequestItems?: Input;
    readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
  };
  return {
    ...named(input),
    ...(RequestItems !== undefined && {
      RequestItems: Object.fromEntries(Object.entries(RequestItems).map(([key, one]) => [nameOf(key), one])),
    }),
    ...(TransactItems !== undefined && {
      TransactItems: TransactItems.map(one =>
        Object.fromEntries(Object.entries(one).map(([kind, member]) => [kind, named(member)])),
      ),
    }),
  };
}

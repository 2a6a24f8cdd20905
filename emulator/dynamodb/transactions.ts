import { validationError } from '../protocol/aws-error.ts';
import type { Spent } from './capacity.ts';
import type { Call, Tables } from './tables.ts';
import { transactGet } from './transact-get.ts';
import { transactWrite } from './transact-write.ts';

type Input = Readonly<Record<string, unknown>>;

export type Transaction = 'TransactGetItems' | 'TransactWriteItems';

export function isTransaction(operation: string): operation is Transaction {
  return operation === 'TransactGetItems' || operation === 'TransactWriteItems';
}

/** Carries out a transaction while nobody else reads or writes. */
export function transact(
  operation: Transaction,
  input: Input,
  { call, tables, consumed, recording = work => work() }: Transacting,
): Promise<object> {
  return operation === 'TransactGetItems'
    ? tables.turns.alone(() => transactGet(input, call, consumed))
    : tables.turns.alone(() =>
        recording(() => once(input, tables, () => transactWrite(input, call, consumed))),
      );
}

interface Transacting {
  readonly call: Call;
  readonly tables: Tables;
  readonly consumed: Spent;
  /** Makes the records of streams around it. @default no table has a stream */
  readonly recording?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** A request with a client token has its effect once. One that failed had none. */
async function once(
  { ClientRequestToken: token, ...input }: Input,
  { tokens }: Tables,
  write: () => Promise<object>,
): Promise<object> {
  if (token === undefined) return write();
  if (typeof token !== 'string' || token.length < 1 || token.length > 36)
    throw validationError(
      "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length between 1 and 36",
    );
  const known = tokens.answered(token, input);
  if (known !== undefined) return known;
  const output = await write();
  tokens.remember(token, input, output);
  return output;
}

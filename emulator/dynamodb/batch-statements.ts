import { type AwsError, validationError } from '../protocol/aws-error.ts';
import { asAwsError, inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { capacityIn } from './capacity.ts';
import type { Item } from './item-size.ts';
import type { SchemaOf } from './keys-of-items.ts';
import { asUpdateItem, type UpdateItem } from './partiql/as-update-item.ts';
import { parseUpdate } from './partiql/update-statement.ts';
import { tableArn } from './permissions.ts';

const MOST_STATEMENTS = 25;
const MOST_CHARACTERS = 8_192;

interface Statement {
  readonly Statement: string;
  readonly Parameters?: readonly Item[string][];
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** An UpdateItem that was carried out, and what it took of its table if it failed. */
export interface CarriedOut {
  readonly response: AwsResponse;
  readonly failedUnits: number;
}

export interface BatchPorts {
  readonly schemaOf: SchemaOf;
  readonly update: (input: object) => Promise<CarriedOut>;
}

/** A statement as the UpdateItem that it stands for, or why there is none. */
type Prepared =
  | { readonly kind: 'update'; readonly update: UpdateItem; readonly statement: Statement }
  | { readonly kind: 'refused'; readonly error: AwsError };

/** BatchExecuteStatement for UPDATE statements: each is carried out as the UpdateItem that it stands for, in order. */
export async function batchStatements(request: AwsRequest, ports: BatchPorts): Promise<object> {
  const input = inputOf(request);
  const prepared: Prepared[] = [];
  for (const statement of statementsIn(input))
    prepared.push(await prepare(statement, request, ports.schemaOf));
  needDistinct(prepared);
  const units = new UnitsOfTables();
  const responses: object[] = [];
  for (const one of prepared) responses.push(await answerTo(one, ports, units));
  const asked = input['ReturnConsumedCapacity'];
  return {
    Responses: responses,
    ...((asked === 'TOTAL' || asked === 'INDEXES') && units.asCapacity),
  };
}

function statementsIn({ Statements }: Readonly<Record<string, unknown>>): readonly Statement[] {
  if (!Array.isArray(Statements) || Statements.length < 1 || Statements.length > MOST_STATEMENTS)
    throw constraint('statements', `have length between 1 and ${MOST_STATEMENTS}`);
  for (const { Statement } of Statements as readonly Partial<Statement>[])
    if (typeof Statement !== 'string' || Statement.length < 1 || Statement.length > MOST_CHARACTERS)
      throw constraint('statements.member.statement', `have length between 1 and ${MOST_CHARACTERS}`);
  return Statements as readonly Statement[];
}

function constraint(member: string, what: string): AwsError {
  return validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${what}`,
  );
}

async function prepare(statement: Statement, request: AwsRequest, schemaOf: SchemaOf): Promise<Prepared> {
  try {
    const parsed = parseUpdate(statement.Statement);
    const resource = tableArn(parsed.table, request);
    const resourceAccountId = resource.split(':')[4] ?? request.caller.accountId;
    request.iam.need({ action: 'dynamodb:PartiQLUpdate', resource, resourceAccountId });
    const update = asUpdateItem(parsed, statement.Parameters ?? [], await schemaOf(parsed.table));
    return { kind: 'update', update, statement };
  } catch (error) {
    return { kind: 'refused', error: asAwsError(error) };
  }
}

function needDistinct(prepared: readonly Prepared[]): void {
  const items = prepared.flatMap(one =>
    one.kind === 'refused'
      ? []
      : [JSON.stringify([one.update.TableName, Object.entries(one.update.Key).toSorted()])],
  );
  if (new Set(items).size < items.length)
    throw validationError('Provided list of item keys contains duplicates');
}

async function answerTo(prepared: Prepared, { update }: BatchPorts, units: UnitsOfTables): Promise<object> {
  if (prepared.kind === 'refused') {
    const { code, message } = prepared.error;
    return { Error: { Code: codeOf(code), Message: message } };
  }
  const { TableName } = prepared.update;
  const { ReturnValuesOnConditionCheckFailure: returned } = prepared.statement;
  const { response, failedUnits } = await update({
    ...prepared.update,
    ReturnConsumedCapacity: 'TOTAL',
    ...(returned !== undefined && { ReturnValuesOnConditionCheckFailure: returned }),
  });
  if (response.status === 200) {
    units.succeeded(TableName, capacityIn(response)[0]?.CapacityUnits ?? 0);
    return { TableName };
  }
  units.failed(TableName, failedUnits);
  return failureOf(TableName, response);
}

function failureOf(TableName: string, { body }: AwsResponse): object {
  const { __type, Message = '', message = Message, Item } = JSON.parse(String(body)) as Failure;
  const Code = codeOf(__type.split('#').at(-1) ?? '');
  const error = { Code, Message: message, ...(Item !== undefined && { Item }) };
  return { Error: error, ...(Code !== 'ValidationError' && { TableName }) };
}

interface Failure {
  readonly __type: string;
  readonly message?: string;
  readonly Message?: string;
  readonly Item?: object;
}

/** What the errors of UpdateItem are called here (API Reference, BatchStatementError). */
const CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  RequestLimitExceeded: 'RequestLimitExceeded',
  ResourceNotFoundException: 'ResourceNotFound',
  ThrottlingException: 'ThrottlingError',
  TransactionConflictException: 'TransactionConflict',
  ValidationException: 'ValidationError',
};

function codeOf(name: string): string {
  return CODES[name] ?? 'InternalServerError';
}

/** What the statements took of each table, failed ones included. */
class UnitsOfTables {
  readonly #units = new Map<string, number>();
  readonly #succeeded = new Set<string>();

  succeeded(table: string, units: number): void {
    this.#succeeded.add(table);
    this.failed(table, units);
  }

  failed(table: string, units: number): void {
    this.#units.set(table, (this.#units.get(table) ?? 0) + units);
  }

  /** Nothing is said of tables of which every statement failed. */
  get asCapacity(): { readonly ConsumedCapacity?: readonly object[] } {
    const said = [...this.#units].filter(([table]) => this.#succeeded.has(table));
    return said.length === 0
      ? {}
      : { ConsumedCapacity: said.map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits })) };
  }
}

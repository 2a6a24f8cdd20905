import conditionParser from 'dynalite/db/conditionParser.js';
import db from 'dynalite/db/index.js';
import scan from 'dynalite/validations/scan.js';
import validations from 'dynalite/validations/index.js';
import { guardedStore } from '../guarded-store.ts';
import { itemSize, type Item } from '../item-size.ts';
import { indexesOf, notProjected, refusedKey, type TableWithIndexes } from '../key-values.ts';
import { holds, type Condition } from './conditions.ts';
import { expectationsOf, type Legacy } from './legacy-conditions.ts';
import { parsingNested } from './nested-conditions.ts';
import { wrongOperand } from './operand-types.ts';
import { NotUpdated, updated, type Action } from './updates.ts';
import type { Attributes, Path } from './values.ts';

/** What dynalite has made of a request. */
interface Parsed {
  readonly Key?: Attributes;
  readonly Expected?: Legacy;
  readonly QueryFilter?: Legacy;
  readonly ScanFilter?: Legacy;
  readonly ConditionalOperator?: string;
  readonly AttributesToGet?: readonly string[];
  readonly Select?: string;
  readonly IndexName?: string;
  readonly _condition?: { readonly expression: Condition };
  readonly _filter?: { readonly expression: Condition };
  readonly _keyCondition?: { readonly expression: Condition };
  readonly _projection?: { readonly paths: readonly Path[] };
  readonly AttributeUpdates?: Readonly<Record<string, { readonly Action?: string }>>;
  ReturnValues?: string;
  _updates?: { readonly paths: readonly Path[]; readonly sections: readonly Action[] };
}

let areInPlace = false;

/**
 * Puts our expressions in the place of dynalite's: its operations look these functions up whenever they need them. dynalite
 * still parses expressions, finds and stores items, and locks an item while it is written.
 */
export function putInPlace(): void {
  if (areInPlace) return;
  areInPlace = true;
  const theirs = { ...db, ...validations };
  conditionParser.parse = parsingNested(conditionParser.parse);
  db.create = options => guardedStore(theirs.create(options));
  db.checkConditional = (data, item) => checked(data, item as Attributes | undefined);
  db.itemSize = (item, ...compressed) =>
    // With more arguments it is the size of a page, which AWS does not document.
    compressed.length === 0 ? itemSize(item as Item) : theirs.itemSize(item, ...compressed);
  db.queryTable = (store, table, data, ...others) => {
    const [opts, isLocal, fetches, names, answered] = others;
    const beside = besideTheIndex(data, table as TableWithIndexes);
    if (beside.length > 0 && isLocal !== true)
      return answered(
        db.validationError(
          `One or more parameter values were invalid: Global secondary index ${String(data['IndexName'])} does not project [${beside.join(', ')}]`,
        ),
      );
    const { _filter, QueryFilter, ScanFilter, _projection, AttributesToGet, Select, ...bare } = data;
    const asked = {
      _filter,
      QueryFilter,
      ScanFilter,
      _projection,
      AttributesToGet,
      Select,
      ...bare,
    } as Parsed;
    const fetched = fetches === true || beside.length > 0;
    theirs.queryTable(store, table, bare, opts, isLocal, fetched, names, (error, result) =>
      answered(error, result && selected(result, asked)),
    );
  };
  db.validateItem = (item, table) =>
    theirs.validateItem(item, table) ?? refusedFor(item as Item, table as TableWithIndexes);
  db.validateUpdates = (legacy, updates, table) => {
    if (updates) tablesOfUpdates.set(updates, table as TableWithIndexes);
    const put = Object.entries(legacy ?? {}).filter(([, { Action = 'PUT' }]) => Action === 'PUT');
    const values = Object.fromEntries(put.map(([name, { Value }]) => [name, Value])) as Item;
    return theirs.validateUpdates(legacy, updates, table) ?? refusedFor(values, table as TableWithIndexes);
  };
  // dynalite drops it, and answers who wants to read a global index consistently, or pays for it.
  scan.types['ConsistentRead'] = 'Boolean';
  validations.validateExpressions = data => theirs.validateExpressions(data) ?? refusal(data);
}

/** Of an update that dynalite has parsed. */
const tablesOfUpdates = new WeakMap<object, TableWithIndexes>();

function refusedFor(item: Item, table: TableWithIndexes): Error | undefined {
  const refused = refusedKey(item, table);
  return refused === undefined ? undefined : db.validationError(refused);
}

/** What a read of an index asks for that the index does not hold. */
function besideTheIndex(
  { IndexName, _projection, AttributesToGet = [] }: Parsed,
  table: TableWithIndexes,
): readonly string[] {
  const index = indexesOf(table).find(one => one.IndexName === IndexName);
  const names = _projection?.paths.map(([name]) => String(name)) ?? AttributesToGet;
  return index === undefined ? [] : notProjected(names, index, table);
}

/** An answer that is given at once, instead of the write: dynalite takes it for an error. */
type Instead = Error & { readonly statusCode: number; readonly body: object };

/** What is answered instead of a write, for what the item holds. An update is handed back as what it makes of each attribute. */
function checked(data: Parsed, item: Attributes | undefined): Error | null {
  if (!isMet(data, data.Expected, data._condition?.expression, item ?? {})) return notMet();
  if (data._updates !== undefined)
    try {
      const table = tablesOfUpdates.get(data._updates);
      data._updates = settled(data._updates, item ?? data.Key ?? {});
      const set = data._updates.sections.flatMap(one =>
        one.type === 'set' ? [[one.path[0], one.val] as const] : [],
      );
      const refused = table && refusedFor(Object.fromEntries(set) as Item, table);
      if (refused !== undefined) return refused;
    } catch (error) {
      if (error instanceof NotUpdated) return db.validationError(error.message);
      throw error;
    }
  if (item === undefined && onlyRemoves(data)) return nothingDone(data);
  if (showsNothing(data, item ?? {})) data.ReturnValues = 'NONE';
  return null;
}

/** Whoever only removes attributes of an item that is not there makes none, as seen in answers of AWS. */
function onlyRemoves({ _updates, AttributeUpdates = {} }: Parsed): boolean {
  const legacy = Object.values(AttributeUpdates).map(({ Action }) => Action === 'DELETE');
  const all = _updates?.sections.map(({ type }) => type === 'remove') ?? legacy;
  return all.length > 0 && all.every(Boolean);
}

function nothingDone(data: Parsed): Instead {
  const ConsumedCapacity = db.addConsumedCapacity(data, false, undefined);
  return Object.assign(new Error('nothing to write'), { statusCode: 200, body: { ConsumedCapacity } });
}

/** Of attributes that are not there, nothing is shown, and not an empty map. */
function showsNothing({ ReturnValues, _updates, AttributeUpdates = {} }: Parsed, item: Attributes): boolean {
  const paths = _updates?.paths ?? Object.keys(AttributeUpdates);
  const isEmpty = (shown: Attributes): boolean => Object.keys(db.mapPaths(paths, shown)).length === 0;
  if (ReturnValues === 'UPDATED_OLD') return isEmpty(item);
  return (
    ReturnValues === 'UPDATED_NEW' && _updates !== undefined && isEmpty(updated(item, _updates.sections))
  );
}

function settled({ paths, sections }: NonNullable<Parsed['_updates']>, item: Attributes) {
  const after = updated(item, sections);
  const names = [...new Set(sections.map(({ path }) => String(path[0])))];
  const whole = names.map((name): Action => {
    const val = Object.hasOwn(after, name) ? after[name] : undefined;
    return val === undefined ? { type: 'remove', path: [name] } : { type: 'set', path: [name], val };
  });
  return { paths, sections: whole };
}

function isMet(
  { ConditionalOperator }: Parsed,
  legacy: Legacy | undefined,
  expression: Condition | undefined,
  item: Attributes,
): boolean {
  const condition = expression ?? expectationsOf(legacy, ConditionalOperator);
  return condition === undefined || holds(condition, item);
}

function notMet(): Instead {
  const message = 'The conditional request failed';
  const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
  return Object.assign(new Error(message), { statusCode: 400, body: { __type, message } });
}

/** What a page of a Query or a Scan shows of the items that were read. */
function selected(result: Record<string, unknown>, asked: Parsed): Record<string, unknown> {
  const { Items = [], ...others } = result as { readonly Items?: readonly Attributes[] };
  const legacy = asked.QueryFilter ?? asked.ScanFilter;
  const found = Items.filter(item => isMet(asked, legacy, asked._filter?.expression, item));
  const paths = asked._projection?.paths ?? asked.AttributesToGet;
  const shown = paths === undefined ? found : found.map(item => db.mapPaths(paths, item));
  return { ...others, Count: found.length, ...(asked.Select !== 'COUNT' && { Items: shown }) };
}

function refusal({ _condition, _filter, _keyCondition }: Parsed): string | undefined {
  const all = {
    ConditionExpression: _condition,
    KeyConditionExpression: _keyCondition,
    FilterExpression: _filter,
  };
  for (const [name, parsed] of Object.entries(all)) {
    const wrong = parsed && wrongOperand(parsed.expression);
    if (wrong !== undefined) return `Invalid ${name}: ${wrong}`;
  }
  return undefined;
}

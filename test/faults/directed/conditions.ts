import type { RawRequest } from '../../../emulator/protocol/request.ts';
import type { Departure } from '../wire.ts';

/**
 * The conditions of a request, read off the wire: everything that AWS checks before the request takes effect. They are
 * found in the requests themselves, so conditions that the product adds later are found as well.
 */

/** Condition headers of S3 (API reference: PutObject, CopyObject, UploadPartCopy, CompleteMultipartUpload). */
const HEADERS = [
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'if-modified-since',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-copy-source-if-modified-since',
] as const;

/** All conditions of a request at once. */
const ALL = 'all of its conditions';

/** Each condition of a request and, if it has several, all of them together. */
export function conditionsOf(request: RawRequest, { service }: Departure): readonly string[] {
  const single = service === 's3' ? headersOf(request) : service === 'dynamodb' ? termsOf(request) : [];
  return single.length > 1 ? [...single, ALL] : single;
}

/** The request without one of its conditions. */
export function without(request: RawRequest, { service }: Departure, condition: string): RawRequest {
  return service === 's3' ? withoutHeaders(request, condition) : withoutTerms(request, condition);
}

function headersOf({ headers }: RawRequest): readonly string[] {
  return HEADERS.filter(name => headers[name] !== undefined);
}

function withoutHeaders(request: RawRequest, condition: string): RawRequest {
  const left = Object.entries(request.headers).filter(
    ([name]) => name !== condition && !(condition === ALL && HEADERS.some(header => header === name)),
  );
  return { ...request, headers: Object.fromEntries(left) };
}

interface DynamoDbInput {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

/** `if_not_exists` in an update is a condition, too: it keeps a value that exists already. */
const KEPT = /if_not_exists\((?<path>[^,]+),\s*(?<value>:\w+)\)/;

function termsOf({ body }: RawRequest): readonly string[] {
  const input = JSON.parse(body.toString('utf8')) as DynamoDbInput;
  const kept = KEPT.exec(input.UpdateExpression ?? '')?.[0];
  return [...operands(input).terms, ...(kept === undefined ? [] : [kept])].map(term => readable(term, input));
}

function withoutTerms(request: RawRequest, condition: string): RawRequest {
  const input = JSON.parse(request.body.toString('utf8')) as DynamoDbInput;
  const { terms, joint } = operands(input);
  const dropped = (term: string): boolean => condition === ALL || readable(term, input) === condition;
  const left = terms.filter(term => !dropped(term));
  const update = input.UpdateExpression?.replace(KEPT, (text, _path: string, value: string) =>
    dropped(text) ? value : text,
  );
  const { ConditionExpression: _all, ...rest } = input;
  const changed = {
    ...rest,
    ...(update !== undefined && { UpdateExpression: update }),
    ...(left.length > 0 && { ConditionExpression: left.join(joint) }),
  };
  return { ...request, body: Buffer.from(JSON.stringify(withoutUnused(changed))) };
}

function operands({ ConditionExpression: text }: DynamoDbInput): {
  readonly terms: readonly string[];
  readonly joint: string;
} {
  if (text === undefined) return { terms: [], joint: '' };
  if (text.includes(' AND ') && text.includes(' OR '))
    throw new Error(`a condition of both AND and OR cannot be taken apart here yet: ${text}`);
  const joint = text.includes(' OR ') ? ' OR ' : ' AND ';
  return { terms: text.split(joint), joint };
}

/** Fills in attribute names and leaves out the names of values, which differ from request to request. */
function readable(term: string, { ExpressionAttributeNames: names = {} }: DynamoDbInput): string {
  return term.replace(/#\w+/g, alias => names[alias] ?? alias).replace(/:\w+/g, ':value');
}

/** DynamoDB refuses names and values that no expression uses. */
function withoutUnused(input: DynamoDbInput): DynamoDbInput {
  const expressions = `${input.ConditionExpression ?? ''} ${input.UpdateExpression ?? ''}`;
  const used = new Set(expressions.match(/[#:]\w+/g));
  const kept = <T>(all: Readonly<Record<string, T>> = {}): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([alias]) => used.has(alias)));
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values, ...rest } = input;
  const left = {
    ExpressionAttributeNames: kept(names),
    ExpressionAttributeValues: kept(values),
  };
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(left).filter(([, aliases]) => Object.keys(aliases).length > 0)),
  };
}

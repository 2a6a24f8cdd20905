import { Buffer } from 'node:buffer';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import { inputOf, targetOf } from '../protocol/json-protocol.ts';
import type { AwsRequest } from '../protocol/request.ts';
import { shapeOf, type Shape } from './shapes.ts';
import { tablesByName } from './table-names.ts';

/** Levels of JSON, two for each level of a document: twice as many as the 32 levels that an attribute may have, and some around it. */
const MOST_LEVELS = 100;

type Input = Readonly<Record<string, unknown>>;

/**
 * The request, if its members have the shapes of DynamoDB's API, with its tables by name, and without members that are null: these are not
 * there.
 *
 * @throws AwsError SerializationException, ValidationException
 */
export function wellFormed(request: AwsRequest): AwsRequest {
  if (request.body.length === 0) throw serialization('the request has no body');
  const input: unknown = inputOf(request);
  needLevels(input, MOST_LEVELS);
  const nulls = { found: false };
  const formed = formOf(input, shapeOf(targetOf(request)), nulls) as Input;
  const named = tablesByName(formed, request);
  return nulls.found || named !== formed ? { ...request, body: Buffer.from(JSON.stringify(named)) } : request;
}

function needLevels(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (left === 0)
    throw validationError(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    );
  for (const one of Object.values(value)) needLevels(one, left - 1);
}

function formOf(value: unknown, shape: Shape, nulls: { found: boolean }): unknown {
  switch (shape.kind) {
    case 'unchecked':
      return value;
    case 'string':
    case 'boolean':
      if (typeof value === shape.kind) return value;
      throw notOf(value, shape.kind === 'string' ? 'String' : 'Boolean');
    case 'one of':
      if (typeof value === 'string' && shape.values.includes(value)) return value;
      throw validationError(
        `1 validation error detected: Value at '${shape.name}' failed to satisfy constraint: Member must satisfy enum value set: [${shape.values.join(', ')}]`,
      );
    case 'list':
      if (!Array.isArray(value)) throw notOf(value, 'List');
      return value.map(one => memberOf(one, shape.of(), nulls));
    case 'map':
      return Object.fromEntries(
        Object.entries(recordOf(value)).map(([key, one]) => [key, memberOf(one, shape.of(), nulls)]),
      );
    case 'structure': {
      const there = Object.entries(recordOf(value)).filter(([, one]) => one !== null);
      nulls.found ||= there.length < Object.keys(recordOf(value)).length;
      return Object.fromEntries(
        there.map(([key, one]) => [key, formOf(one, memberShape(shape.members, key), nulls)]),
      );
    }
  }
}

function memberShape(members: Readonly<Record<string, Shape>>, name: string): Shape {
  return (Object.hasOwn(members, name) ? members[name] : undefined) ?? { kind: 'unchecked' };
}

function memberOf(value: unknown, shape: Shape, nulls: { found: boolean }): unknown {
  if (value === null)
    throw validationError('1 validation error detected: a list or a map has a member that is null');
  return formOf(value, shape, nulls);
}

function recordOf(value: unknown): Input {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOf(value, 'Map');
  return value as Input;
}

function notOf(value: unknown, expected: string): AwsError {
  if (Array.isArray(value)) return serialization(`Unrecognized collection type class java.lang.${expected}`);
  if (typeof value === 'object' && value !== null)
    return serialization('Start of structure or map found where not expected');
  if (expected === 'List' || expected === 'Map') return serialization('Unexpected field type');
  return serialization(`${typeOf(value)}_VALUE cannot be converted to ${expected}`);
}

function typeOf(value: unknown): string {
  return typeof value === 'boolean' ? String(value).toUpperCase() : (typeof value).toUpperCase();
}

function serialization(message: string): AwsError {
  return new AwsError('SerializationException', message);
}

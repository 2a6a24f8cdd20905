import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isWritten } from '../../core/places/same-value.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { AttributePath } from '../../core/model/record.ts';
import type { SdkItem } from './item-key.ts';

/** A PartiQL statement, with what stands for its question marks. */
export interface UpdateStatement {
  readonly Statement: string;
  readonly Parameters: AttributeValue[];
}

/**
 * AWS does not document what a quoted name may hold. All other names are left to UpdateItem, whose placeholders take any:
 * DynamoDB local refuses a quoted name that begins with `#`.
 */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** API Reference, BatchStatementRequest. */
const MOST_CHARACTERS = 8_192;

/**
 * A change as one conditional UPDATE. It writes the same paths under the same conditions as the UpdateItem of the change
 * (update-expression.ts); `undefined` if only that can express it.
 */
export function updateStatement(
  table: string,
  key: SdkItem,
  places: readonly PlaceChange[],
): UpdateStatement | undefined {
  if (![...places.map(({ path }) => path), ...Object.keys(key).map(name => [name])].every(isPlain))
    return undefined;
  const parameters: AttributeValue[] = [];
  const equals = (path: AttributePath, value: unknown): string => {
    parameters.push(value as AttributeValue);
    return `${pathText(path)}=?`;
  };
  const actions = places
    .filter(isWritten)
    .map(({ path, after }) =>
      after === undefined ? `REMOVE ${pathText(path)}` : `SET ${equals(path, after)}`,
    );
  if (actions.length === 0) return undefined;
  const conditions = [
    ...Object.entries(key).map(([name, value]) => equals([name], value)),
    ...places.map(({ path, before }) =>
      before === undefined ? `${pathText(path)} IS MISSING` : equals(path, before),
    ),
  ];
  const Statement = `UPDATE "${table}" ${actions.join(' ')} WHERE ${conditions.join(' AND ')}`;
  return Statement.length > MOST_CHARACTERS ? undefined : { Statement, Parameters: parameters };
}

function isPlain(path: AttributePath): boolean {
  return path.every(step => typeof step === 'number' || (typeof step === 'string' && PLAIN.test(step)));
}

function pathText(path: AttributePath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (typeof step !== 'string')
        throw new TypeError('a statement writes attributes, and nothing within their texts');
      return `${index === 0 ? '' : '.'}"${step}"`;
    })
    .join('');
}

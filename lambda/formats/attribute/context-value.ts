import { Buffer } from 'node:buffer';
import type { ItemRecord } from '../../core/model/record.ts';
import type { ContextValue } from '../context-template.ts';
import { valueAt } from '../../core/model/attribute-path.ts';
import { formatAttributePath, needPath } from './attribute-path.ts';
import { typeOf } from './encoding.ts';

/** A place of a context: an attribute by its path, or an attribute of the primary key. */
export interface AttributePlace {
  readonly attribute?: string | readonly (string | number)[];
  readonly keyAttribute?: string;
}

/** Strings and numbers verbatim, as DynamoDB returns them; binary as base64. Other types have no unique text. */
export function contextValue(item: ItemRecord, { attribute, keyAttribute }: AttributePlace): ContextValue {
  const path = keyAttribute === undefined ? needPath(attribute ?? []) : [keyAttribute];
  const name = formatAttributePath(path);
  const value = valueAt(keyAttribute === undefined ? item.attributes : item.key, path);
  if (value === undefined)
    return {
      reason: `the item has no ${keyAttribute === undefined ? 'attribute' : 'key attribute'} ${name}`,
    };
  if ('S' in value) return { value: value.S };
  if ('N' in value) return { value: value.N };
  if ('B' in value) return { value: Buffer.from(value.B).toString('base64') };
  return {
    reason: `attribute ${name} is of type ${typeOf(value)}; a context value is a string, number or binary`,
  };
}

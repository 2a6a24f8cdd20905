import type { AttributeMap, AttributeValue } from '../../model/record.ts';

/** An attribute of this name, and only if it is the item's own. */
export function attribute(of: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

export function textOf(of: AttributeMap, name: string): string | undefined {
  const value = attribute(of, name);
  return value !== undefined && 'S' in value ? value.S : undefined;
}

export function bytesOf(of: AttributeMap, name: string): Uint8Array | undefined {
  const value = attribute(of, name);
  return value !== undefined && 'B' in value ? value.B : undefined;
}

export function numberOf(of: AttributeMap, name: string): string | undefined {
  const value = attribute(of, name);
  return value !== undefined && 'N' in value ? value.N : undefined;
}

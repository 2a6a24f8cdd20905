import { escapeXml } from '../protocol/query-protocol.ts';

type Value = string | number | boolean | undefined | readonly Value[] | { readonly [name: string]: Value };

/** Members by name as the Query protocol writes them; a list has `member` elements. Absent values are left out. */
export function xml(value: Value): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(one => `<member>${xml(one as Value)}</member>`).join('');
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, member]) => (member === undefined ? '' : `<${name}>${xml(member as Value)}</${name}>`))
    .join('');
}

export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

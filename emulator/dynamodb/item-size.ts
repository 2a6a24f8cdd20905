import { Buffer } from 'node:buffer';

type Value = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Value>>;

/** The size of an item as DynamoDB counts it (Developer Guide, "DynamoDB item sizes and formats"). */
export function itemSize(item: Item): number {
  return sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueSize(value)));
}

function valueSize(value: Value): number {
  const [[type, content] = ['NULL', true]] = Object.entries(value);
  switch (type) {
    case 'S':
      return Buffer.byteLength(content as string);
    case 'N':
      return numberSize(content as string);
    case 'B':
      return Buffer.byteLength(content as string, 'base64');
    case 'SS':
    case 'NS':
    case 'BS':
      return sum((content as readonly string[]).map(one => valueSize({ [type.charAt(0)]: one })));
    case 'L':
      return 3 + sum((content as readonly Value[]).map(one => 1 + valueSize(one)));
    case 'M':
      return 3 + Object.keys(content as Item).length + itemSize(content as Item);
    default:
      return 1;
  }
}

/** About one byte for two significant digits, and one more. */
function numberSize(text: string): number {
  const [mantissa = ''] = text.toLowerCase().split('e');
  const digits = Array.from(mantissa.replace(/\D/g, ''));
  const first = digits.findIndex(digit => digit !== '0');
  const significant = first === -1 ? 0 : digits.findLastIndex(digit => digit !== '0') + 1 - first;
  return Math.ceil(significant / 2) + 1;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

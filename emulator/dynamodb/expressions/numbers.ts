/** A number as DynamoDB keeps it: exact, in base ten. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const MOST_DIGITS = 38;
const [LEAST_MAGNITUDE, MOST_MAGNITUDE] = [-130, 125];

/** @returns less than, equal to, or greater than 0, as the first is to the second */
export function compareNumbers(one: string, other: string): number {
  const [first, second] = aligned(decimal(one), decimal(other));
  return first === second ? 0 : first < second ? -1 : 1;
}

/** A sum, or why DynamoDB cannot keep it. */
export type Sum =
  { readonly kind: 'sum'; readonly sum: string } | { readonly kind: 'outside'; readonly why: string };

export function addNumbers(one: string, other: string, sign: 1 | -1): Sum {
  const [first, second, exponent] = aligned(decimal(one), decimal(other));
  const { digits, exponent: scale } = shortest({ digits: first + BigInt(sign) * second, exponent });
  const places = String(digits).replace('-', '').length;
  const magnitude = digits === 0n ? 0 : places - 1 + scale;
  // A sum of more than 38 digits has the words of one that is too large, as seen in answers of AWS.
  if (magnitude > MOST_MAGNITUDE || places > MOST_DIGITS)
    return outside(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  if (magnitude < LEAST_MAGNITUDE)
    return outside(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  return { kind: 'sum', sum: plain(digits, scale) };
}

function outside(why: string): Sum {
  return { kind: 'outside', why };
}

function decimal(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('+', '').split('.');
  const digits = BigInt(`${whole.replace('-', '')}${fraction}` || '0');
  return { digits: whole.startsWith('-') ? -digits : digits, exponent: Number(power) - fraction.length };
}

function aligned(one: Decimal, other: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(one.exponent, other.exponent);
  const scaled = (decimalOf: Decimal): bigint =>
    decimalOf.digits * 10n ** BigInt(decimalOf.exponent - exponent);
  return [scaled(one), scaled(other), exponent];
}

function shortest({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  const text = String(digits);
  const zeros = text.length - 1 - Array.from(text).findLastIndex(digit => digit !== '0');
  return { digits: digits / 10n ** BigInt(zeros), exponent: exponent + zeros };
}

function plain(digits: bigint, exponent: number): string {
  if (exponent >= 0) return String(digits * 10n ** BigInt(exponent));
  const [sign, all] = digits < 0n ? ['-', String(-digits)] : ['', String(digits)];
  const padded = all.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

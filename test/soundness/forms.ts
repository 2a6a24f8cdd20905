/** How applications write the bytes of a data key and read them back. Based on what mappers do, not on the product. */
export interface Form {
  readonly name: string;
  /** Values by attribute type; for an object, only texts. */
  readonly write: (bytes: Buffer) => unknown;
  readonly read: (value: unknown) => Buffer | undefined;
  /** The encoding that a job must name for this form, if the product has one. */
  readonly encoding?: string;
}

type Typed = { readonly [type: string]: unknown } | undefined;
const typed = (value: unknown, type: string): unknown => (value as Typed)?.[type];
const text = (value: unknown): string | undefined => {
  const held = typeof value === 'string' ? value : typed(value, 'S');
  return typeof held === 'string' ? held : undefined;
};
const fromText =
  (decode: (of: string) => Buffer) =>
  (value: unknown): Buffer | undefined => {
    const held = text(value);
    return held === undefined ? undefined : decode(held);
  };
const base64 = (of: string): Buffer => Buffer.from(of, 'base64');
const bytesOf = (value: unknown): Buffer | undefined => {
  const held = typed(value, 'B');
  return held instanceof Uint8Array ? Buffer.from(held) : undefined;
};

/** Forms that a job can be written for. */
export const ENCODED: readonly Form[] = [
  { name: 'binary', encoding: 'binary', write: bytes => ({ B: bytes }), read: bytesOf },
  {
    name: 'base64',
    encoding: 'base64',
    write: bytes => ({ S: bytes.toString('base64') }),
    read: fromText(base64),
  },
  {
    name: 'unpadded',
    encoding: 'base64-unpadded',
    write: bytes => ({ S: bytes.toString('base64').replace(/=+$/, '') }),
    read: fromText(base64),
  },
  {
    name: 'url-safe',
    encoding: 'base64url-unpadded',
    write: bytes => ({ S: bytes.toString('base64url') }),
    read: fromText(of => Buffer.from(of, 'base64url')),
  },
  {
    name: 'hex',
    encoding: 'hex',
    write: bytes => ({ S: bytes.toString('hex') }),
    read: fromText(of => Buffer.from(of, 'hex')),
  },
  {
    name: 'base64-in-binary',
    encoding: 'base64-in-binary',
    write: bytes => ({ B: Buffer.from(bytes.toString('base64')) }),
    read: value => {
      const held = bytesOf(value);
      return held === undefined ? undefined : base64(held.toString('latin1'));
    },
  },
];

const numbers = (bytes: Buffer): unknown[] => [...bytes].map(one => ({ N: String(one) }));
const bytesOfNumbers = (list: unknown): Buffer | undefined =>
  Array.isArray(list) ? Buffer.from(list.map(one => Number(typed(one, 'N')))) : undefined;

/** Forms that no job can be written for: the application's mapper makes them from the bytes. */
export const ODD: readonly Form[] = [
  { name: 'list', write: bytes => ({ L: numbers(bytes) }), read: value => bytesOfNumbers(typed(value, 'L')) },
  {
    name: 'buffer-map',
    write: bytes => ({ M: { type: { S: 'Buffer' }, data: { L: numbers(bytes) } } }),
    read: value => bytesOfNumbers(typed((typed(value, 'M') as Typed)?.['data'], 'L')),
  },
  {
    name: 'json',
    write: bytes => ({ S: JSON.stringify({ key: bytes.toString('base64'), v: 1 }) }),
    read: fromText(of => base64((JSON.parse(of) as { key: string }).key)),
  },
  {
    name: 'data-url',
    write: bytes => ({ S: `data:;base64,${bytes.toString('base64')}` }),
    read: fromText(of => base64(of.slice(of.indexOf(',') + 1))),
  },
  {
    name: 'wrapped',
    write: bytes => ({ S: bytes.toString('base64').replace(/(.{64})/g, '$1\n') }),
    read: fromText(base64),
  },
  {
    name: 'set',
    write: bytes => ({ SS: [bytes.toString('base64')] }),
    read: value => {
      const held = typed(value, 'SS');
      return Array.isArray(held) ? base64(String(held[0])) : undefined;
    },
  },
  {
    name: 'byte-set',
    write: bytes => ({ BS: [bytes] }),
    read: value => {
      const held = typed(value, 'BS');
      return Array.isArray(held) ? Buffer.from(held[0] as Uint8Array) : undefined;
    },
  },
];

/** The text forms, as the metadata of an object hold them. */
export const TEXTS: readonly Form[] = ENCODED.filter(
  ({ name }) => !['binary', 'base64-in-binary'].includes(name),
).map(form => ({ ...form, write: bytes => (form.write(bytes) as { S: string }).S }));

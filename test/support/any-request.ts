import fc from 'fast-check';
import { ARN, RIGHT } from './right-requests.ts';

/** A request to DynamoDB: an operation, and a body that may be no JSON. */
export interface AnyRequest {
  readonly operation: string;
  readonly body: string;
}

const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  'S',
  'N',
  'M',
  'L',
  '',
];
const MEMBERS = [...new Set(RIGHT.flatMap(([, input]) => Object.keys(input)))];
const name = fc.oneof(
  fc.constantFrom(...ODD_NAMES),
  fc.constantFrom(...MEMBERS),
  fc.constantFrom('id', 'nr', 'bin', ':v', '#s'),
);

const EXPRESSIONS = [
  ...[
    '',
    ' ',
    'a',
    'id = :v',
    ':v = id',
    'nr = nr',
    'NOT id = :v',
    'id = :v AND begins_with(nr, :v)',
    'a IN (:v)',
  ],
  ...[
    'a[99999999999999999999] = :v',
    'tree[0].n[1]',
    'id.x',
    'size(size(a)) = :n',
    'attribute_type(a, :v)',
    'contains(a, a)',
  ],
  ...[
    'SET a = a',
    'SET tree[5] = :v',
    'SET a = if_not_exists(b, :n) + :n',
    'SET a = list_append(tree, tree)',
    'REMOVE id',
    'REMOVE tree',
  ],
  ...[
    'ADD a :v',
    'ADD tree :n',
    'DELETE a :v',
    'DELETE cnt :n',
    'SET a.b.c = :v',
    'a, a',
    '#s',
    ':v',
    '(((((id = :v)))))',
    '\u0000',
  ],
];
const NUMBERS = [
  '',
  '-0',
  '1e125',
  '1e126',
  '-1e-131',
  '9'.repeat(39),
  '1e99999999',
  'NaN',
  'Infinity',
  '0x1',
  '١',
  '1_0',
  ' 1',
  '--1',
];
const VALUES_OF_ATTRIBUTES: readonly unknown[] = [
  ...NUMBERS.map(N => ({ N })),
  ...[
    {},
    { S: '' },
    { S: null },
    { S: 1 },
    { N: 1 },
    { N: null },
    { S: 'a', N: '1' },
    { X: 'y' },
    { B: '' },
    { B: '*' },
    { B: 'AB==' },
  ],
  ...[
    { BOOL: 'maybe' },
    { BOOL: null },
    { NULL: false },
    { SS: [] },
    { SS: [null] },
    { SS: ['', ''] },
    { NS: ['1', '1.0'] },
    { BS: [''] },
  ],
  ...[
    { L: [null] },
    { L: [{}] },
    { L: {} },
    { M: null },
    { M: { a: null } },
    { M: [] },
    { S: 'x'.repeat(3_000) },
    { L: [{ L: [{ L: [] }] }] },
  ],
];
const PLAIN: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    2 ** 53,
    2 ** 31,
    'x'.repeat(300),
    [],
    [null],
    [[]],
    [{}],
    {},
    'Table',
    'Other',
    'id',
  ],
  ...[
    ARN,
    'by-bin',
    'by-kind',
    'COUNT',
    'ALL_ATTRIBUTES',
    'ALL_NEW',
    'NE',
    'BETWEEN',
    'TOTAL',
    'PAY_PER_REQUEST',
    [''],
    ['id', 'id'],
  ],
];

const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...PLAIN),
  fc.constantFrom(...VALUES_OF_ATTRIBUTES),
  fc.constantFrom(...EXPRESSIONS),
  fc.constantFrom(...RIGHT.flatMap(([, input]) => Object.values(input) as unknown[])),
  fc.dictionary(name, fc.constantFrom(...PLAIN, ...VALUES_OF_ATTRIBUTES), { maxKeys: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
);

type Change =
  | { readonly kind: 'put'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'drop'; readonly at: number }
  | { readonly kind: 'add'; readonly at: number; readonly name: string; readonly value: unknown };

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), at: fc.nat(200), value: anyValue }),
  fc.record({ kind: fc.constant('drop' as const), at: fc.nat(200) }),
  fc.record({ kind: fc.constant('add' as const), at: fc.nat(200), name, value: anyValue }),
);

/** A right request with some changes: at any of its places another value, none, or a member more. */
const almostRight: fc.Arbitrary<AnyRequest> = fc
  .record({ right: fc.constantFrom(...RIGHT), changes: fc.array(anyChange, { maxLength: 4 }) })
  .map(({ right: [operation, input], changes }) => ({
    operation,
    body: bodyOf(changes.reduce<unknown>(changed, input)),
  }));

const NO_INPUT = [
  '',
  ' ',
  'null',
  '[]',
  '"x"',
  '1',
  'true',
  '{',
  '{"TableName":',
  '\u0000',
  '{"TableName":"Table"}{}',
];
const OPERATIONS = [
  ...new Set(RIGHT.map(([operation]) => operation)),
  'DescribeEndpoints',
  '',
  'constructor',
];
const DEEP = 20_000;

/** A body that is no input, and an input that is too deep for whoever goes down into it. */
const notRight: fc.Arbitrary<AnyRequest> = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  body: fc.oneof(
    fc.constantFrom(...NO_INPUT),
    fc.string(),
    fc.constantFrom(
      `{"TableName":"Table","Item":{"id":{"S":"a"},"nr":{"N":"1"},"deep":${'{"L":['.repeat(DEEP)}${']}'.repeat(DEEP)}}}`,
      '['.repeat(DEEP) + ']'.repeat(DEEP),
    ),
  ),
});

export const anyRequest: fc.Arbitrary<AnyRequest> = fc.oneof({ weight: 9, arbitrary: almostRight }, notRight);

/** The input with one of its places changed: itself, or any value within it. */
function changed(input: unknown, change: Change): unknown {
  return rebuilt(input, { left: change.at % sizeOf(input) }, change);
}

function sizeOf(value: unknown): number {
  return Object.values(Object(value) === value ? (value as object) : {}).reduce(
    (sum: number, one: unknown) => sum + sizeOf(one),
    1,
  );
}

const GONE = Symbol('gone');

function bodyOf(input: unknown): string {
  return input === GONE ? '' : JSON.stringify(input);
}

function rebuilt(value: unknown, place: { left: number }, change: Change): unknown {
  if (place.left-- === 0) return applied(value, change);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value)
    .map(([key, one]) => [key, rebuilt(one, place, change)] as const)
    .filter(([, one]) => one !== GONE);
  return Array.isArray(value) ? inner.map(([, one]) => one) : Object.fromEntries(inner);
}

function applied(value: unknown, change: Change): unknown {
  switch (change.kind) {
    case 'put':
      return change.value;
    case 'drop':
      return GONE;
    case 'add':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries([...Object.entries(value), [change.name, change.value]])
        : [value, change.value];
  }
}

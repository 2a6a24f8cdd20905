import fc from 'fast-check';
import { areComplements, areDisjoint } from '../../lambda/core/model/table-filter.ts';

type Filter = Parameters<typeof areDisjoint>[0];

const of = (
  expression: string,
  values: Record<string, unknown> = {},
  names: Record<string, string> = {},
): Filter => ({
  expression,
  values: Object.fromEntries(Object.entries(values).map(([name, text]) => [name, { S: text }])),
  names,
});

describe('two filters', () => {
  it.each<readonly [string, Filter, Filter]>([
    ['a condition and its negation', of('a = :x', { ':x': '1' }), of('NOT a = :y', { ':y': '1' })],
    ['the same in brackets', of('(a = :x)', { ':x': '1' }), of('NOT (a = :x)', { ':x': '1' })],
    ['there and not there', of('attribute_exists(#k)', {}, { '#k': 'a' }), of('attribute_not_exists(a)')],
    ['two values of one attribute', of('kind = :k', { ':k': 'order' }), of('kind = :k', { ':k': 'item' })],
    ['two beginnings', of('begins_with(pk, :p)', { ':p': 'A#' }), of('begins_with(pk, :p)', { ':p': 'B#' })],
    ['a value, and not there', of('a = :x', { ':x': '1' }), of('attribute_not_exists(a)')],
    [
      'a part of a conjunction',
      of('kind = :k AND size(x) > :n', { ':k': 'order' }),
      of('x = :y AND kind = :k', { ':k': 'item', ':y': '' }),
    ],
  ])('cannot overlap: %s', (_, a, b) => {
    expect([areDisjoint(a, b), areDisjoint(b, a)]).toEqual([true, true]);
  });

  it.each<readonly [string, Filter, Filter]>([
    ['the same filter', of('a = :x', { ':x': '1' }), of('a = :x', { ':x': '1' })],
    ['two attributes', of('a = :x', { ':x': '1' }), of('b = :x', { ':x': '2' })],
    [
      'one beginning within the other',
      of('begins_with(a, :x)', { ':x': 'a' }),
      of('begins_with(a, :x)', { ':x': 'ab' }),
    ],
    ['a disjunction', of('a = :x OR b = :y', { ':x': '1', ':y': '1' }), of('a = :x', { ':x': '2' })],
    [
      'a negation of the first part only',
      of('a = :x AND b = :y', { ':x': '1', ':y': '2' }),
      of('NOT a = :x AND b = :y', { ':x': '9', ':y': '2' }),
    ],
    [
      'a name that looks like a path',
      of('#a = :x', { ':x': '1' }, { '#a': 'x.y' }),
      of('x.y = :x', { ':x': '2' }),
    ],
    [
      'values that look like expressions',
      of('a = :x', { ':x': '1 AND b = 2' }),
      of('a = :x AND c = :y', { ':x': '1 AND b = 2', ':y': '' }),
    ],
  ])('may overlap: %s', (_, a, b) => {
    expect([areDisjoint(a, b), areDisjoint(b, a)]).toEqual([false, false]);
  });

  it('of numbers are not compared: one number has several texts', () => {
    const number = (N: string): Filter => ({ expression: 'a = :x', values: { ':x': { N } } });
    expect(areDisjoint(number('1'), number('1.0'))).toBe(false);
  });

  it('are called disjoint only if no value of the attribute is in both', () => {
    const text = fc.constantFrom('a', 'ab', 'abc', 'b', '', 'a AND b', ') OR (');
    const filter = fc.tuple(fc.constantFrom('=', 'begins'), text);
    const holds = ([kind, value]: readonly [string, string], held: string): boolean =>
      kind === '=' ? held === value : held.startsWith(value);
    const built = ([kind, value]: readonly [string, string]): Filter =>
      of(kind === '=' ? 'k = :v' : 'begins_with(k, :v)', { ':v': value });
    fc.assert(
      fc.property(filter, filter, text, (a, b, held) => {
        if (areDisjoint(built(a), built(b))) expect(holds(a, held) && holds(b, held)).toBe(false);
      }),
    );
  });

  it('are complements if one is the negation of the other, but not if they are merely disjoint', () => {
    const there = of('attribute_exists(a)');
    expect(areComplements(there, of('attribute_not_exists(a)'))).toBe(true);
    expect(areComplements(there, of('NOT attribute_exists(a)'))).toBe(true);
    expect(areComplements(of('a = :x', { ':x': '1' }), of('NOT (a = :x)', { ':x': '1' }))).toBe(true);
    expect(areComplements(of('a = :x', { ':x': '1' }), of('a = :x', { ':x': '2' }))).toBe(false);
    expect(
      areComplements(of('a = :x AND b = :x', { ':x': '1' }), of('NOT a = :x AND b = :x', { ':x': '1' })),
    ).toBe(false);
  });
});

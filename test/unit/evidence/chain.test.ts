import * as fc from 'fast-check';
import { lineMark } from '../../../lambda/core/evidence/chain.ts';
import { checkObject, type Difference } from '../../../lambda/core/evidence/check-object.ts';
import { checkUnit } from '../../../lambda/core/evidence/check-unit.ts';
import { sealObject } from '../../../lambda/core/evidence/seal-object.ts';
import type { Seal } from '../../../lambda/core/model/seal.ts';

const UNIT = { kind: 'outcomes', job: 'orders', runId: 'run-1', unitId: 'u00001' } as const;

interface Stored {
  readonly name: string;
  readonly text: string;
}

/** A unit's journal of objects with so many lines each. */
function journalOf(sizes: readonly number[]): { readonly objects: readonly Stored[]; readonly seal: Seal } {
  let seal: Seal | undefined;
  const objects = sizes.map((size, page) => {
    const name = `outcomes/unit=u00001/page-${String(page + 1).padStart(6, '0')}`;
    const lines = Array.from({ length: size }, (_, line) => ({
      locator: `${page}-${line}`,
      outcome: 'rewrapped',
    }));
    const made = sealObject(lines, { name, unit: UNIT, after: seal });
    ({ seal } = made);
    return { name, text: made.text };
  });
  return { objects, seal: seal ?? { head: '', objects: 0, lines: 0 } };
}

function check(objects: readonly Stored[], seal: Seal | undefined): readonly Difference[] {
  return checkUnit({ ...UNIT, seal, objects: objects.map(({ name, text }) => checkObject(name, text)) });
}

/** A journal, an object of it and a line of that. */
const place = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }).chain(sizes =>
  fc.nat({ max: sizes.length - 1 }).chain(object =>
    fc.record({
      sizes: fc.constant(sizes),
      object: fc.constant(object),
      line: fc.nat({ max: (sizes[object] ?? 1) - 1 }),
    }),
  ),
);

function withLines(
  objects: readonly Stored[],
  at: number,
  change: (lines: string[]) => readonly string[],
): readonly Stored[] {
  return objects.map((one, index) =>
    index === at ? { ...one, text: change(one.text.split(/(?<=\n)/)).join('') } : one,
  );
}

describe('the sealed journal of a unit', () => {
  it('has no difference as it was written', () => {
    fc.assert(
      fc.property(place, ({ sizes }) => {
        const { objects, seal } = journalOf(sizes);
        expect(check(objects, seal)).toEqual([]);
      }),
    );
  });

  it('names a line that was changed', () => {
    fc.assert(
      fc.property(place, ({ sizes, object, line }) => {
        const { objects, seal } = journalOf(sizes);
        const forged = withLines(objects, object, lines =>
          lines.map((text, index) => (index === line ? text.replace('rewrapped', 'unreadable') : text)),
        );
        expect(check(forged, seal)).toEqual([
          expect.objectContaining({ kind: 'changed', object: objects[object]?.name, line: line + 1 }),
        ]);
      }),
    );
  });

  it('names the object where the mark of a changed line was made to fit', () => {
    fc.assert(
      fc.property(place, ({ sizes, object, line }) => {
        const { objects, seal } = journalOf(sizes);
        const forged = withLines(objects, object, lines =>
          lines.map((text, index) => {
            if (index !== line) return text;
            const [, body = '', rest = ''] = /^(.*),"seal":"([^"]+)"\}\n$/.exec(text) ?? [];
            const changed = `${body.replace('rewrapped', 'unreadable')}}`;
            const seal = rest.replace(/:[0-9a-f]{8}/, `:${lineMark(changed)}`);
            return `${changed.slice(0, -1)},"seal":"${seal}"}\n`;
          }),
        );
        expect(check(forged, seal)).toEqual([
          expect.objectContaining({ kind: 'changed', object: objects[object]?.name }),
        ]);
      }),
    );
  });

  it('names a line that was removed, the last one of all included', () => {
    fc.assert(
      fc.property(place, ({ sizes, object, line }) => {
        fc.pre((sizes[object] ?? 0) > 1);
        const { objects, seal } = journalOf(sizes);
        const forged = withLines(objects, object, lines => lines.filter((_, index) => index !== line));
        expect(check(forged, seal)).toContainEqual(
          expect.objectContaining({ kind: 'removed', object: objects[object]?.name, line: line + 1 }),
        );
      }),
    );
  });

  it('names a line that was added, sealed by whoever added it or not', () => {
    fc.assert(
      fc.property(place, fc.boolean(), ({ sizes, object, line }, sealed) => {
        const { objects, seal } = journalOf(sizes);
        const forged = withLines(objects, object, lines => [
          ...lines.slice(0, line + 1),
          sealed ? (lines[line] ?? '') : '{"locator":"x","outcome":"rewrapped"}\n',
          ...lines.slice(line + 1),
        ]);
        expect(check(forged, seal)).toContainEqual(
          expect.objectContaining({ kind: 'added', object: objects[object]?.name, line: line + 2 }),
        );
      }),
    );
  });

  it('names a line that stands elsewhere', () => {
    fc.assert(
      fc.property(place, ({ sizes, object, line }) => {
        fc.pre(line > 0);
        const { objects, seal } = journalOf(sizes);
        const forged = withLines(objects, object, lines => [
          lines[line] ?? '',
          ...lines.filter((_, index) => index !== line),
        ]);
        expect(check(forged, seal)).toEqual([
          expect.objectContaining({ kind: 'reordered', object: objects[object]?.name, line: 2 }),
        ]);
      }),
    );
  });

  it('says between which objects one was removed', () => {
    fc.assert(
      fc.property(place, ({ sizes, object }) => {
        const { objects, seal } = journalOf(sizes);
        const found = check(
          objects.filter((_, index) => index !== object),
          seal,
        );
        const after = objects[object + 1]?.name;
        expect(found).toContainEqual(
          expect.objectContaining({ kind: 'removed', object: after ?? 'outcomes of unit u00001 of run-1' }),
        );
      }),
    );
  });

  it('says that one was removed also where an object without a seal took its place', () => {
    const { objects, seal } = journalOf([2, 3, 2]);
    const planted = { name: objects[1]!.name, text: '{"outcome":"rewrapped"}\n' };
    const found = check([objects[0]!, planted, objects[2]!], seal);
    expect(found.map(({ kind }) => kind)).toContain('not-sealed');
    expect(found.filter(({ kind }) => kind === 'changed').map(({ object }) => object)).toEqual([
      objects[2]!.name,
    ]);
  });

  it('names an object that was added, copied from another place, or exchanged for another', () => {
    fc.assert(
      fc.property(place, ({ sizes, object }) => {
        const { objects, seal } = journalOf(sizes);
        const name = 'outcomes/unit=u00001/page-000099';
        const { text } = sealObject([{ locator: 'x' }], { name, unit: UNIT, after: seal });
        expect(check([...objects, { name, text }], seal)).toEqual([
          expect.objectContaining({ kind: 'not-sealed', object: name }),
        ]);
        const copied = check([...objects, { name, text: objects[object]?.text ?? '' }], seal);
        expect(copied).toContainEqual(expect.objectContaining({ kind: 'changed', object: name }));
      }),
    );
  });

  it('finds an object that somebody has written anew with a chain that fits in itself', () => {
    fc.assert(
      fc.property(place, ({ sizes, object }) => {
        const { objects, seal } = journalOf(sizes);
        const before = object === 0 ? undefined : journalOf(sizes.slice(0, object)).seal;
        const { name } = objects[object] ?? { name: '' };
        const { text } = sealObject([{ locator: 'forged' }], { name, unit: UNIT, after: before });
        const found = check(
          objects.map((one, index) => (index === object ? { name, text } : one)),
          seal,
        );
        expect(found.map(({ kind }) => kind)).toContain('changed');
      }),
    );
  });

  it('finds the journal of another unit in the place of this one', () => {
    const { objects, seal } = journalOf([2, 3]);
    const checked = objects.map(({ name, text }) => checkObject(name, text));
    expect(checkUnit({ ...UNIT, unitId: 'u00002', seal, objects: checked })).not.toEqual([]);
  });

  it('leaves out of the chain what an attempt that did not finish has left, and names it', () => {
    const { objects, seal } = journalOf([1, 2]);
    const name = 'intents/unit=u00001/page-000002-attempt-a';
    const first = journalOf([1]).seal;
    const left = sealObject([{ locator: 'y' }], { name, unit: UNIT, after: first });
    expect(check([...objects, { name, text: left.text }], seal)).toEqual([
      expect.objectContaining({ kind: 'not-sealed', object: name }),
    ]);
  });

  it('says of objects of an earlier version that nothing seals them', () => {
    expect(check([{ name: 'a', text: '{"locator":"x"}\n' }], undefined)).toEqual([
      expect.objectContaining({ kind: 'not-sealed', object: 'a' }),
    ]);
  });
});

import type { AttributePath, ItemRecord, ObjectRecord } from '../../lambda/core/model/record.ts';
import { ANY, type PlaceChange } from '../../lambda/core/model/place.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { atContainers, writtenAt } from '../../lambda/core/places/containers.ts';
import { matchedPlaces } from '../../lambda/core/places/expand.ts';
import { heldAt } from '../../lambda/core/places/held-at.ts';
import { filledIn, mayMeet, placeText } from '../../lambda/core/places/pattern.ts';
import { withoutDocumentPlaces } from '../../lambda/core/places/without-documents.ts';
import { item, object } from '../support/builders.ts';

const JSON_STEP = { as: 'json' } as const;
const BODY = { part: 'body' } as const;
const EDK: AttributePath = ['envelope', JSON_STEP, 'keys', 0, 'edk'];

const TEXT = '{ "keys": [ {"edk": "one\\/1"}, {"edk": "two"} ],\n  "note": "n" }';
const inText = (text = TEXT): ItemRecord => item('i', { envelope: { S: text } });
const inBody = (text = TEXT): ObjectRecord => ({ ...object('o', {}), body: { B: Buffer.from(text) } });
const bodyOf = ({ body }: ObjectRecord): string =>
  Buffer.from(body !== undefined && 'B' in body ? body.B : []).toString();
const change = (path: AttributePath, before: string, after: string): PlaceChange => ({
  ...{ path, before: { S: before }, after: { S: after } },
});

describe('a place within a document', () => {
  it('is found in an attribute, in metadata and in a body', () => {
    expect(heldAt(inText(), EDK)).toEqual({ S: 'one/1' });
    expect(heldAt(object('o', { envelope: TEXT }), EDK)).toEqual({ S: 'one/1' });
    expect(heldAt(inBody(), [BODY, ...EDK.slice(1)])).toEqual({ S: 'one/1' });
  });

  it('is changed, and every other byte stays', () => {
    const places = [change(EDK, 'one/1', 'new'), change([...EDK.slice(0, 3), 1, 'edk'], 'two', '2')];
    const text = TEXT.replace('one\\/1', 'new').replace('two', '2');
    expect(changed(inText(), places).attributes['envelope']).toEqual({ S: text });
    const inBodies = places.map(place => ({ ...place, path: [BODY, ...place.path.slice(1)] }));
    const after = changed(inBody(), inBodies);
    expect([bodyOf(after), after.size]).toEqual([text, text.length]);
  });

  it('is put back as it was written', () => {
    const written = writtenAt(inText(), EDK);
    expect(written).toBe('"one\\/1"');
    const moved = changed(inText(), [change(EDK, 'one/1', 'new')]);
    const back = changed(moved, [{ ...change(EDK, 'new', 'one/1'), ...(written && { written }) }]);
    expect(back).toEqual(inText());
  });

  it('is written by its container, on the condition of all that the container holds', () => {
    const places = [change(EDK, 'one/1', 'new'), change(['other'], 'a', 'b')];
    expect(atContainers(item('i', { envelope: { S: TEXT }, other: { S: 'a' } }), places)).toEqual([
      places[1],
      { path: ['envelope'], before: { S: TEXT }, after: { S: TEXT.replace('one\\/1', 'new') } },
    ]);
  });

  it('may be within a document within a document', () => {
    const token = `v1.${Buffer.from('{"edk":"old"}').toString('base64url')}.x`;
    const path: AttributePath = [
      ...['token', { as: 'delimited', by: '.' } as const, 1],
      ...[{ as: 'base64url' } as const, JSON_STEP, 'edk'],
    ];
    const record = item('i', { token: { S: token } });
    expect(heldAt(record, path)).toEqual({ S: 'old' });
    const after = changed(record, [change(path, 'old', 'new')]);
    expect(after.attributes['token']).toEqual({
      S: `v1.${Buffer.from('{"edk":"new"}').toString('base64url')}.x`,
    });
    expect(placeText(path)).toBe('token<delimited .>[1]<base64url><json>.edk');
  });

  it('that cannot be opened, or not be changed for sure, is closed and says why', () => {
    const closed = (text: string): unknown => matchedPlaces(inText(text), EDK)[0];
    expect(closed('no JSON')).toMatchObject({ kind: 'closed' });
    expect(closed('{"keys":[{"edk":"a","edk":"b"}]}')).toMatchObject({
      ...{ kind: 'closed', path: EDK, reason: expect.stringContaining('more than once') },
    });
    expect(closed('{"keys":[{"edk":"a","x":1,"x":2}]}')).toMatchObject({ kind: 'matched' });
    expect([closed(''), closed('{}')]).toEqual([undefined, undefined]);
  });
});

describe('an open place', () => {
  it('stands for every place that it fits, with what its open steps stand for', () => {
    const found = matchedPlaces(inText(), ['envelope', JSON_STEP, 'keys', ANY, 'edk']);
    expect(found).toEqual([
      { kind: 'matched', path: EDK, value: { S: 'one/1' }, open: [0] },
      { kind: 'matched', path: [...EDK.slice(0, 3), 1, 'edk'], value: { S: 'two' }, open: [1] },
    ]);
    const record = item('i', { byRegion: { M: { a: { S: '1' }, b: { L: [] } } } });
    expect(matchedPlaces(record, ['byRegion', ANY]).map(({ path }) => placeText(path))).toEqual([
      'byRegion.a',
      'byRegion.b',
    ]);
    expect(matchedPlaces(record, ['byRegion', ANY, ANY])).toEqual([]);
  });

  it('is filled in from its first open step on, and may meet a place that it stands for', () => {
    expect(filledIn(['a', ANY, 'b', ANY], [3])).toEqual(['a', 3, 'b', ANY]);
    expect(mayMeet(['a', ANY], ['a', 3, 'edk'])).toBe(true);
    expect(mayMeet(['a', ANY], ['a', JSON_STEP])).toBe(false);
    expect(mayMeet(['a', JSON_STEP, 'x'], ['a', { as: 'json' }])).toBe(true);
  });
});

it('a record is looked at without what is declared in its documents', () => {
  const without = withoutDocumentPlaces(inText(), [['envelope', JSON_STEP, 'keys', ANY, 'edk']]);
  const held = without.attributes['envelope'];
  expect(JSON.parse(held !== undefined && 'S' in held ? held.S : '')).toEqual({ keys: [{}, {}], note: 'n' });
  expect(withoutDocumentPlaces(inText('no JSON'), [EDK])).toEqual(inText('no JSON'));
});

import type { Buffer } from 'node:buffer';
import { lookingFor } from '../../look-alikes/look-alikes.ts';
import { shownPlace } from '../../look-alikes/shown-place.ts';
import { signInBytes, signInText } from '../../look-alikes/signs.ts';
import type { AttributeMap, ObjectRecord } from '../../model/record.ts';
import type { Candidate } from '../candidate.ts';
import { delimitedParts } from '../generic/delimited.ts';
import { ofBase64, seenEncoding } from '../generic/seen-encoding.ts';
import { searchJson, searchValues } from '../generic/search-values.ts';
import { slotText, type GenericPlace, type SeenEncoding } from '../generic/generic-place.ts';
import { parseJson } from '../json-member.ts';
import { refusedCiphertext } from '../refused/refused-ciphertext.ts';
import { envelopeInMetadata, instructionFile } from './s3-encryption-client.ts';
import { sopsFile } from './sops.ts';

/** What an object holds in its metadata, its annotations, its body and elsewhere. */
export function recogniseObject(object: ObjectRecord, body: Buffer | undefined): readonly Candidate[] {
  const envelope = envelopeInMetadata(object);
  // The body of an object with an envelope is a ciphertext of the client's.
  if (envelope !== undefined)
    return [...envelope.candidates, ...besideEnvelope(object), ...inAnnotations(object)];
  return [
    ...inMetadata(object),
    ...inAnnotations(object),
    ...elsewhere(object),
    ...(body === undefined ? [] : inBody(object, body)),
  ];
}

function inMetadata({ metadata }: ObjectRecord): readonly Candidate[] {
  return searchValues(treeOfTexts(metadata), {
    placeOf: path => ({ in: 'metadata', path }),
    texts: 'documents',
  });
}

/** Those that were read. */
function inAnnotations({ annotations = {} }: ObjectRecord): readonly Candidate[] {
  const texts = Object.entries(annotations).map(([name, text]) => [name, withoutLines(text)] as const);
  return searchValues(treeOfTexts(Object.fromEntries(texts)), {
    placeOf: path => ({ in: 'annotation', path }),
    texts: 'documents',
  });
}

/** Entries that the envelope does not consist of. */
function besideEnvelope(object: ObjectRecord): readonly Candidate[] {
  const others = Object.entries(object.metadata).filter(([name]) => !/^x-amz-[a-z0-9-]+$/.test(name));
  return inMetadata({ ...object, metadata: Object.fromEntries(others) });
}

/** The text that base64 and openssl have written in lines, as one. Any other text is as it was. */
function withoutLines(text: string): string {
  const lines = text.trimEnd();
  return /^[A-Za-z0-9+/=\r\n_-]{1,16384}$/.test(lines) ? lines.replace(/\r?\n/g, '') : lines;
}

function treeOfTexts(texts: Readonly<Record<string, string>>): AttributeMap {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }]));
}

/** Keys of objects, tags and headers: no format reads data keys there. */
function elsewhere(object: ObjectRecord): readonly Candidate[] {
  const found = lookingFor({ declared: [], ignore: [] })({ ...object, metadata: {}, annotations: {} });
  return found.map(({ path, form }) => ({ kind: 'look-alike', slot: shownPlace(path), form }));
}

function inBody(object: ObjectRecord, body: Buffer): readonly Candidate[] {
  const refused = refusedCiphertext(body);
  if (refused !== undefined) return [{ kind: 'refused', slot: 'body', ...refused }];
  const whole = wholeBody(body);
  if (whole !== undefined) return [whole];
  const text = body.toString('utf8');
  const json = parseJson(text);
  const named = instructionFile(object, json) ?? sopsFile(text, json);
  if (named !== undefined) return named.candidates;
  return json === undefined ? inText(body) : searchJson(json, { in: 'body', path: [] });
}

/** A text in parts; or a ciphertext somewhere in a body that no format reads. */
function inText(body: Buffer): readonly Candidate[] {
  const parts = delimitedParts(body.toString('latin1').trimEnd());
  if (parts.length > 0)
    return parts.map(({ by, part, text }) => alone(ofBase64(text), { ...BODY, delimited: { by, part } }));
  const sign = signInBytes(body, NO_LENGTHS, 1);
  return sign === undefined ? [] : [{ kind: 'look-alike', slot: slotText(BODY), form: sign.form }];
}

const BODY: GenericPlace = { in: 'body', path: [] };
/** A ciphertext of KMS has at most 6,144 bytes, and its text twice as many digits. */
const MOST_OF_WHOLE = 16_384;

/** A body that is a ciphertext of KMS, or a text of one, and nothing else. */
function wholeBody(body: Buffer): Candidate | undefined {
  if (body.length > MOST_OF_WHOLE) return undefined;
  if (signInBytes(body, NO_LENGTHS, 1)?.form === 'binary') return alone({ as: 'binary' });
  const text = { S: body.toString('latin1').replace(/\r?\n$/, '') };
  const sign = signInText(text.S, NO_LENGTHS, 1);
  const encoding = sign && seenEncoding(text, sign.form);
  return encoding && alone(encoding);
}

const NO_LENGTHS: ReadonlySet<number> = new Set();

function alone(encoding: SeenEncoding, place: GenericPlace = BODY): Candidate {
  return {
    ...{ kind: 'generic', slot: slotText(place), place, dataKeys: 1, encoding },
    ...{ onlyOneKind: false, companions: [], keyArns: [] },
  };
}

import { cannotHold } from '../../core/documents/open-document.ts';
import type { DocumentStep } from '../../core/model/document-step.ts';
import { ANY, type PlacePattern } from '../../core/model/place.ts';

/** A kind of document as a job writes it. */
export type WrittenOpener = 'json' | 'yaml' | 'base64' | 'base64url' | { readonly delimited: string };
/** A place in a document as a job writes it: a pointer, or pointers and the documents between them. */
export type WrittenPlace = string | readonly (string | Exclude<WrittenOpener, string>)[];

export function documentStep(opener: WrittenOpener): DocumentStep {
  return typeof opener === 'string' ? { as: opener } : { as: 'delimited', by: opener.delimited };
}

/** The steps of a place; `undefined` if it is none. In a list, a text without a slash at its beginning is a kind of document. */
export function placeIn(written: WrittenPlace): PlacePattern | undefined {
  if (typeof written === 'string') return pointerSteps(written);
  const parts = written.map(part => {
    if (typeof part === 'string' && part.startsWith('/')) return pointerSteps(part);
    const opener = openerOf(part);
    return opener && [documentStep(opener)];
  });
  return parts.every(part => part !== undefined) ? parts.flat() : undefined;
}

function openerOf(part: string | Exclude<WrittenOpener, string>): WrittenOpener | undefined {
  if (typeof part !== 'string') return part;
  return PLAIN.find(one => one === part);
}

const PLAIN = ['json', 'yaml', 'base64', 'base64url'] as const;

/** RFC 6901, and `*` for any member or element. Digits are an index or, in an object, a name. */
function pointerSteps(pointer: string): PlacePattern | undefined {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map(step => {
      if (step === '*') return ANY;
      if (/^(?:0|[1-9]\d{0,8})$/.test(step)) return Number(step);
      return step.replaceAll('~1', '/').replaceAll('~0', '~');
    });
}

/** Characters of everything that a run writes: encoded data keys, key ARNs, algorithms and digests. */
const WRITTEN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-';
const WRITTEN_BESIDE = `${WRITTEN}:`;

interface Placed {
  readonly opens: readonly WrittenOpener[];
  readonly dataKey: WrittenPlace;
  readonly keyArn?: WrittenPlace | undefined;
  readonly encoding: string;
}

/** Why what a run writes could not be part of a delimited text. */
export function cannotBePart({ opens, dataKey, keyArn, encoding }: Placed): string | undefined {
  const digits = encoding === 'hex' ? '0123456789abcdefABCDEF' : WRITTEN;
  return (
    undelimitable([...opens.map(documentStep), ...(placeIn(dataKey) ?? [])], digits) ??
    (keyArn && undelimitable([...opens.map(documentStep), ...(placeIn(keyArn) ?? [])], WRITTEN_BESIDE))
  );
}

function undelimitable(place: PlacePattern, characters: string): string | undefined {
  for (const step of place) {
    if (typeof step !== 'object' || !('as' in step)) continue;
    const words = cannotHold(step, characters);
    if (words !== undefined) return `${words}; a data key that contains it would be read as two parts`;
  }
  return undefined;
}

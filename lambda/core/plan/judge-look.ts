import { distance } from 'fastest-levenshtein';
import type { PlannedKey } from '../model/key-use.ts';
import type { StoreLook } from '../model/run.ts';

export interface Judgement {
  /** Why no run is started: the job does not fit what lies there, and something else would. */
  readonly problem?: string;
  readonly warnings: readonly string[];
}

export interface JudgedStore {
  readonly look: StoreLook;
  /** What records are called: items, objects. */
  readonly called: string;
  /** The slot of the job's format, as its own records name it. */
  readonly slot: string;
  /** The job's keys, as it names them and by their ARN. */
  readonly keys: readonly PlannedKey[];
  /** The part or prefix that the job names, in words; absent where it names all of the store. */
  readonly narrowed?: string;
}

/** Does the job fit what lies there? Refuses only where something else fits, or where all of the store was seen. */
export function judgeLook(judged: JudgedStore): Judgement {
  const { look, called, slot, narrowed } = judged;
  if (look.records === 0)
    return {
      warnings: [
        narrowed === undefined
          ? `there is no record in it: the run can prove nothing but that`
          : `no ${called.replace(/s$/, '')} is ${narrowed}: a run finds nothing to prove there`,
      ],
    };
  if (look.withDataKey > look.misread) return { warnings: warningsOf(judged) };
  const first = `the first ${look.records.toLocaleString('en-US')}`;
  if (look.unsupported > 0 && look.unsupported === look.unreadable)
    return {
      problem: `no run would write to any of ${first} ${called}: ${look.reason ?? 'unknown'}; correct the places that the format names`,
      warnings: [],
    };
  const seen = `${look.more ? `no ${one(called)} of ${first}` : `none of the ${look.records} ${called}`} has a data key at ${slot} in the form that the job names`;
  const suggestion = suggestionOf(judged);
  if (suggestion !== undefined) return { problem: `${seen}; ${suggestion}`, warnings: [] };
  if (!look.more)
    return {
      problem: `${seen}${look.reason === undefined ? '' : ` (${look.reason})`}, and nothing else in them looks like one; correct the place that the format names, or remove the store from the job`,
      warnings: [],
    };
  return { warnings: [`${seen}, and nothing else in them looks like one: the run looks through the rest`] };
}

/** The encoding that fits at the very place, or the place with the nearest name. */
function suggestionOf({ look, called, slot }: JudgedStore): string | undefined {
  const here = look.anywhere.find(({ place }) => place === generalized(slot) || place === `metadata.${slot}`);
  if (here !== undefined) {
    const encoding = encodingOf(here.form);
    return encoding === undefined
      ? `${here.count} have something there that looks like one, as ${here.form}, which no encoding reads`
      : `${here.count} have one there as ${here.form}: write "encoding": "${encoding}"`;
  }
  const candidates = look.anywhere.filter(({ form }) => form !== 'key-name');
  const [nearest] = [...candidates].sort(
    (a, b) => distanceTo(slot, a.place) - distanceTo(slot, b.place) || b.count - a.count,
  );
  if (nearest === undefined) return undefined;
  const { place, form, count } = nearest;
  return `${count.toLocaleString('en-US')} ${called} have ${withoutPrefix(place)}, ${form}: write that place, with the encoding that fits`;
}

function distanceTo(slot: string, place: string): number {
  return distance(slot.toLowerCase(), withoutPrefix(place).toLowerCase());
}

function withoutPrefix(place: string): string {
  return place.replace(/^metadata\./, '');
}

function generalized(slot: string): string {
  return slot.replace(/\[\d+\]/g, '[*]');
}

/** The encoding of a job for what was recognised; `undefined` where no format reads it. */
export function encodingOf(form: string): string | undefined {
  switch (form) {
    case 'binary':
    case 'base64':
    case 'base64-unpadded':
    case 'base64url':
    case 'base64url-unpadded':
    case 'hex':
    case 'base64-in-binary':
      return form;
    default:
      return undefined;
  }
}

function warningsOf({ look, called, keys }: JudgedStore): readonly string[] {
  const { records, withDataKey, withoutDataKey, unreadable, reason, elsewhere, versions } = look;
  const of = look.more
    ? `of the first ${records.toLocaleString('en-US')} ${called}`
    : `of ${records} ${called}`;
  return [
    ...(unreadable === 0
      ? []
      : [
          `${unreadable} ${of} have something else than a data key at its place (${reason ?? 'unknown'}): each is named and left`,
        ]),
    ...(withoutDataKey === 0 ? [] : [`${withoutDataKey} ${of} have no data key where the job looks`]),
    ...unknownKeys(look, withDataKey, keys),
    ...elsewhere
      .slice(0, 3)
      .map(({ place, form, count }) =>
        form === 'key-name'
          ? `${count} ${of} name a source key at ${place}, outside the job's places: readers that ask KMS with that key fail once the data key has moved; name the place as keyArn, or list it under "ignore"`
          : `${count} ${of} have something at ${place} that looks like a data key (${form}): nothing is proven until the job has a format for it, or lists it under "ignore"`,
      ),
    ...(versions.length === 0
      ? []
      : [
          `items have the number ${versions.join(', ')}, as writers raise it that save whole items: they, and their caches, can bring old data keys back after the run; name it as version in the format, and restart them before the last verify run`,
        ]),
  ];
}

/** Records that name other keys than the job: an alias that has moved, or the wrong job. */
function unknownKeys(
  { recordedKeys, records, more }: StoreLook,
  withDataKey: number,
  keys: readonly PlannedKey[],
): readonly string[] {
  const unknown = recordedKeys.filter(({ known }) => !known);
  const count = unknown.reduce((sum, one) => sum + one.records, 0);
  if (count === 0 || count * 2 < withDataKey) return [];
  const named = unknown.slice(0, 3).map(({ key }) => key);
  return [
    `${count} of ${more ? 'the first ' : ''}${records} records name ${named.join(', ')}, which is none of the job's keys: ${keys.map(keyText).join(', ')}; what is under it stays where it is`,
  ];
}

/** A key, and the alias by which the job knows it. */
function keyText({ keyArn, alsoKnownAs }: PlannedKey): string {
  const alias = alsoKnownAs.find(name => name.includes(':alias/'));
  return alias === undefined ? keyArn : `${alias} names ${keyArn}`;
}

function one(called: string): string {
  return called.replace(/s$/, '');
}

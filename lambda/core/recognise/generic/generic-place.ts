import { placeText } from '../../places/pattern.ts';

/** Any element of a list, or any member of a map. */
export type PlaceStep = string | number | { readonly any: 'element' | 'member' };

/** Where a data key lies whose format has no layout of its own. */
export interface GenericPlace {
  readonly in: 'attribute' | 'metadata' | 'annotation' | 'body';
  /** To an attribute or a member of one; the name of a metadata entry or annotation; nothing for a body. */
  readonly path: readonly PlaceStep[];
  /** The value there is a JSON text. */
  readonly json?: {
    /** The JSON text is encoded once more. */
    readonly encoded?: 'base64';
    readonly path: readonly PlaceStep[];
  };
  /** The value is a text in parts, and this is the number of the part. */
  readonly delimited?: { readonly by: string; readonly part: number };
}

/** How the bytes of a ciphertext are written, as far as one value shows it. */
export type SeenEncoding =
  | { readonly as: 'binary' | 'base64-in-binary' | 'hex' }
  | {
      readonly as: 'base64';
      /** `either`: none of the characters in which the alphabets differ. */
      readonly alphabet: 'standard' | 'url' | 'either';
      /** `either`: the length needs no padding. */
      readonly padding: 'padded' | 'unpadded' | 'either';
    };

export function isWild(step: PlaceStep): step is { readonly any: 'element' | 'member' } {
  return typeof step === 'object';
}

/** In the notation of patterns: `keys[*].edk`. */
export function patternText(path: readonly PlaceStep[]): string {
  return path.reduce<string>((text, step) => {
    if (!isWild(step)) return joined(text, placeText([step]));
    return step.any === 'element' ? `${text}[*]` : `${text}${text === '' ? '*' : '.*'}`;
  }, '');
}

function joined(text: string, step: string): string {
  return text === '' || step.startsWith('[') ? `${text}${step}` : `${text}.${step}`;
}

/** As a JSON pointer (RFC 6901), with `*` for any step. */
export function pointerText(path: readonly PlaceStep[]): string {
  return path
    .map(step => (isWild(step) ? '/*' : `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`))
    .join('');
}

/** What reports call the place. */
export function slotText({ in: container, path, json, delimited }: GenericPlace): string {
  const named = container === 'attribute' ? '' : `${container}.`;
  const outside = container === 'body' ? 'body' : `${named}${patternText(path)}`;
  const inside = json === undefined ? '' : `#${pointerText(json.path)}`;
  return `${outside}${inside}${delimited === undefined ? '' : `[part ${delimited.part}]`}`;
}

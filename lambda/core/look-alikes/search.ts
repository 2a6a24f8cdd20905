import { PlaceTree } from '../places/pattern.ts';
import type { AttributeValue } from '../model/record.ts';
import { keyNamesOf, namedIn, type KeyNames } from './key-names.ts';
import { listShows, mapShows, setShows } from './numbers.ts';
import { signInBytes, signInText, type LookAlikeForm, type Sign } from './signs.ts';

/** Where in a record; of an object `metadata`, `tag`, `annotation` or `header` comes first, or `key` or `body` alone. */
export type ScannerPath = readonly (string | number)[];

/** Something that looks like a KMS ciphertext. */
export interface LookAlike {
  readonly path: ScannerPath;
  readonly form: LookAlikeForm;
}

/** The most that are named and counted of one record. A record with that many needs a person to look at it. */
export const MOST_OF_A_RECORD = 20;
/** DynamoDB nests 32 levels deep at most (service quotas). */
const MAX_DEPTH = 40;

type Places = readonly PlaceTree[] | 'place';

interface SoughtInRecord {
  readonly lengths: ReadonlySet<number>;
  readonly names: KeyNames;
}

/** What has been found in one record so far. */
export class Search {
  readonly found: LookAlike[] = [];
  readonly #lengths: ReadonlySet<number>;
  #names: KeyNames;
  /** Of the value that is being looked at. */
  #path: (string | number)[] = [];

  constructor({ lengths, names }: SoughtInRecord) {
    this.#lengths = lengths;
    this.#names = names;
  }

  at(path: ScannerPath, value: AttributeValue, places: Places): void {
    this.#path = [...path];
    this.#look(value, places);
  }

  /** The same of a place where the name of a key belongs. */
  beside(path: ScannerPath, value: AttributeValue, places: Places): void {
    const names = this.#names;
    this.#names = NO_NAMES;
    this.at(path, value, places);
    this.#names = names;
  }

  #look(value: AttributeValue, places: Places): void {
    if (places === 'place' || this.#room <= 0 || this.#path.length > MAX_DEPTH) return;
    this.#name(this.#path.at(-1));
    if ('S' in value) this.#text(value.S);
    else if ('B' in value) this.#bytes(value.B);
    else if ('SS' in value) for (const text of value.SS) this.#text(text);
    else if ('BS' in value) for (const bytes of value.BS) this.#bytes(bytes);
    else if ('NS' in value) this.#numbers(setShows(value.NS), 'number-set');
    else this.#inside(value, places);
  }

  #inside(value: AttributeValue, places: readonly PlaceTree[]): void {
    if ('L' in value) {
      this.#numbers(listShows(value.L, this.#lengths), 'number-list');
      value.L.forEach((element, index) => this.#below(index, element, places));
    } else if ('M' in value) {
      this.#numbers(mapShows(value.M, this.#lengths), 'number-map');
      for (const [name, member] of Object.entries(value.M)) this.#below(name, member, places);
    }
  }

  #below(step: string | number, value: AttributeValue, places: readonly PlaceTree[]): void {
    // Byte arrays are long, and a single number contains nothing.
    if (typeof step === 'number' && 'N' in value) return;
    this.#path.push(step);
    this.#look(value, places.length === 0 ? places : PlaceTree.below(places, step));
    this.#path.pop();
  }

  #name(name: string | number | undefined): void {
    if (typeof name !== 'string') return;
    if (signInText(name, NO_LENGTHS, 1) !== undefined) this.#add({ form: 'in-name', times: 1 });
    if (namedIn(name, this.#names)) this.#add({ form: 'key-name', times: 1 });
  }

  #text(text: string): void {
    this.#add(signInText(text, this.#lengths, this.#room));
    if (namedIn(text, this.#names)) this.#add({ form: 'key-name', times: 1 });
  }

  #bytes(bytes: Uint8Array): void {
    this.#add(signInBytes(bytes, this.#lengths, this.#room));
    if (namedIn(bytes, this.#names)) this.#add({ form: 'key-name', times: 1 });
  }

  #numbers(show: boolean, form: LookAlikeForm): void {
    if (show) this.#add({ form, times: 1 });
  }

  get #room(): number {
    return MOST_OF_A_RECORD - this.found.length;
  }

  #add(sign: Sign | undefined): void {
    if (sign === undefined) return;
    const path = [...this.#path];
    for (let times = Math.min(sign.times, this.#room); times > 0; times--)
      this.found.push({ path, form: sign.form });
  }
}

const NO_LENGTHS: ReadonlySet<number> = new Set();
const NO_NAMES = keyNamesOf([]);

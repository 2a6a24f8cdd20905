import type { AttributePath, AttributeValue, StoreRecord } from '../../model/record.ts';
import { parsePattern, PlaceTree } from '../../model/place-pattern.ts';
import {
  isSetOfBytes,
  namesKey,
  signInBytes,
  signInNumbers,
  signInText,
  type KeyNames,
  type LookAlikeForm,
  type Sign,
} from './signs.ts';

/** Something that looks like a KMS ciphertext. */
export interface LookAlike {
  /** Where in the record; of an object `metadata`, `tag` or `header` comes first, or `key` alone. */
  readonly path: AttributePath;
  readonly form: LookAlikeForm;
}

export interface LookOptions {
  /** Attribute paths, or `['metadata', name]`, that the job declares: the value there is not looked at. */
  readonly declared: readonly AttributePath[];
  /** Places that the operator answers for, as the job writes them; everything below them, too. */
  readonly ignore: readonly string[];
  /** Lengths of ciphertexts that have no beginning of their own: those of RSA keys. */
  readonly lengths?: readonly number[];
  /** Names of source keys: ARNs, and alias ARNs. */
  readonly keyNames?: readonly string[];
}

/** More of one record are not named, nor counted: a record that has so many is one to look at. */
export const MOST_OF_A_RECORD = 20;
/** DynamoDB nests 32 levels deep at most (service quotas). */
const MAX_DEPTH = 40;

export type Look = (record: StoreRecord) => readonly LookAlike[];

/**
 * Looks through records, outside the places that a job declares, for what looks like a KMS ciphertext, in whatever form.
 * It decides nothing about a data key: KMS calls its ciphertexts opaque. Each value is looked through once, so the cost
 * of a record is linear in its size. What is compressed, encrypted or encoded twice over is not seen.
 */
export function lookingFor({ declared, ignore, lengths = [], keyNames = [] }: LookOptions): Look {
  const patterns = ignore.flatMap(text => {
    const pattern = parsePattern(text);
    return pattern === undefined ? [] : [pattern];
  });
  const tree = PlaceTree.of([...declared, ...patterns]);
  const sizes = new Set(lengths);
  const names = namesOf(keyNames);
  return record => {
    const search = new Search(sizes, names);
    for (const [path, value] of partsOf(record)) search.at(path, value, trees(tree, path));
    return search.found;
  };
}

function namesOf(keyNames: readonly string[]): KeyNames {
  const afterLastSlash = (arn: string): string => arn.slice(arn.indexOf('/') + 1);
  return {
    ids: keyNames.filter(name => name.includes(':key/')).map(afterLastSlash),
    aliases: new Set(
      keyNames.filter(name => name.includes(':alias/')).flatMap(arn => [arn, `alias/${afterLastSlash(arn)}`]),
    ),
  };
}

/** Once for one record; for many, `lookingFor` prepares the places only once. */
export function lookAlikes(record: StoreRecord, options: LookOptions): readonly LookAlike[] {
  return lookingFor(options)(record);
}

/** The values of a record, by their place. */
function partsOf(record: StoreRecord): readonly (readonly [AttributePath, AttributeValue])[] {
  if (record.kind === 'item')
    return Object.entries(record.attributes).map(([name, value]) => [[name], value] as const);
  const { locator, metadata, tags = {}, headers } = record;
  const texts = (
    first: string,
    of: Readonly<Record<string, string | undefined>>,
  ): [AttributePath, AttributeValue][] =>
    Object.entries(of).map(([name, text = '']) => [[first, name], { S: text }]);
  return [
    [['key'], { S: locator }],
    ...texts('metadata', metadata),
    ...texts('tag', tags),
    ...texts('header', headers as Readonly<Record<string, string | undefined>>),
  ];
}

function trees(tree: PlaceTree, path: AttributePath): readonly PlaceTree[] | 'place' {
  let below: readonly PlaceTree[] | 'place' = [tree];
  for (const step of path) {
    if (below === 'place') return below;
    below = PlaceTree.below(below, step);
  }
  return below;
}

/** What has been found in one record so far. */
class Search {
  readonly found: LookAlike[] = [];
  readonly #lengths: ReadonlySet<number>;
  readonly #names: KeyNames;

  constructor(lengths: ReadonlySet<number>, names: KeyNames) {
    this.#lengths = lengths;
    this.#names = names;
  }

  at(path: AttributePath, value: AttributeValue, places: readonly PlaceTree[] | 'place'): void {
    if (places === 'place' || this.#room <= 0 || path.length > MAX_DEPTH) return;
    const name = path.at(-1);
    if (typeof name === 'string' && signInText(name, NO_LENGTHS, 1) !== undefined)
      this.#add(path, { form: 'in-name', times: 1 });
    if ('S' in value) this.#text(path, value.S);
    else if ('B' in value) this.#add(path, signInBytes(value.B, this.#lengths, this.#room));
    else if ('SS' in value) for (const text of value.SS) this.#text(path, text);
    else if ('BS' in value)
      for (const bytes of value.BS) this.#add(path, signInBytes(bytes, this.#lengths, this.#room));
    else if ('NS' in value) {
      if (isSetOfBytes(value.NS)) this.#add(path, { form: 'number-set', times: 1 });
    } else this.#inside(path, value, places);
  }

  #inside(path: AttributePath, value: AttributeValue, places: readonly PlaceTree[]): void {
    if ('L' in value) {
      this.#add(path, signInNumbers(value.L.map(numberOf), 'number-list'));
      for (const [index, element] of value.L.entries())
        if (!('N' in element)) this.at([...path, index], element, PlaceTree.below(places, index));
    } else if ('M' in value) {
      this.#add(path, signInNumbers(byIndex(value.M), 'number-map'));
      for (const [name, member] of Object.entries(value.M))
        this.at([...path, name], member, PlaceTree.below(places, name));
    }
  }

  #text(path: AttributePath, text: string): void {
    this.#add(path, signInText(text, this.#lengths, this.#room));
    if (namesKey(text, this.#names)) this.#add(path, { form: 'key-name', times: 1 });
  }

  get #room(): number {
    return MOST_OF_A_RECORD - this.found.length;
  }

  #add(path: AttributePath, sign: Sign | undefined): void {
    for (let times = Math.min(sign?.times ?? 0, this.#room); times > 0 && sign !== undefined; times--)
      this.found.push({ path, form: sign.form });
  }
}

const NO_LENGTHS: ReadonlySet<number> = new Set();

function numberOf(value: AttributeValue): number {
  return 'N' in value ? Number(value.N) : Number.NaN;
}

/** The numbers of a map whose members are named 0, 1, 2 and so on, as an array is written that lost its type. */
function byIndex(map: Readonly<Record<string, AttributeValue>>): readonly number[] {
  if (!Object.hasOwn(map, '0')) return [];
  return Array.from({ length: 5 }, (_, index) => {
    const name = String(index);
    return Object.hasOwn(map, name) ? numberOf(map[name] ?? { NULL: true }) : Number.NaN;
  });
}

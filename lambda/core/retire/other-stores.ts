import pMap from 'p-map';
import { fullKeyReference } from '../model/full-key-reference.ts';
import { names } from '../model/key-use.ts';
import { isSameName, storePlaceText, type StorePlace } from '../model/store-place.ts';
import type { KeyCatalog } from '../keys/catalog.ts';
import type { Seen } from '../stores/lookup.ts';
import { catalogOf, kindOf, STORES, type StoreCatalogs, type StoreType } from '../stores/registry.ts';
import { note, type RetireFinding } from './findings.ts';
import { encryptedWithKey } from './server-side-findings.ts';
import { resolvedKeys } from './server-side-of.ts';

/** More than most accounts have in a Region. One request each. */
const MOST = 10_000;
const AT_ONCE = 8;
/** Names enough to begin with. */
const MOST_NAMES = 5;

/** The tables and buckets of the caller's account in the key's Region: DynamoDB and S3 encrypt with keys of their own Region only. */
export interface OthersPort {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly namesOf: (type: StoreType) => Promise<Seen<readonly string[]>>;
}

/** Those that no job and no run names, by whether their service itself encrypts them, or what is put there, with the key. */
export interface OtherStores {
  readonly account: string;
  readonly region: string;
  /** How many have told. */
  readonly seen: number;
  readonly encrypted: readonly StorePlace[];
  /** Those that have not, with the reason. */
  readonly unseen: readonly { readonly place: StorePlace; readonly words: string }[];
  /** Kinds of store that could not be listed. */
  readonly unlisted: readonly { readonly type: StoreType; readonly words: string }[];
  /** How many were not asked. */
  readonly beyond: number;
}

interface Asking {
  readonly keyArn: string;
  readonly keys: Pick<KeyCatalog, 'describeKey'>;
  readonly stores: StoreCatalogs;
  /** Of jobs and runs, which have been asked about. */
  readonly known: readonly StorePlace[];
}

/** Asks each of them with which key it is encrypted, whoever may have forgotten it. */
export async function otherStores(
  port: OthersPort,
  { keyArn, known, ...asked }: Asking,
): Promise<OtherStores> {
  const { account, region } = port;
  const types = Object.keys(STORES) as StoreType[];
  const listed = await pMap(types, async type => ({ type, names: await port.namesOf(type) }));
  const places = listed.flatMap(({ type, names: of }) =>
    of.kind === 'unseen' ? [] : of.value.map((name): StorePlace => ({ type, region, name })),
  );
  const others = places.filter(place => !known.some(one => isSameName(one, place)));
  const keys = { describeKey: remembering(reference => asked.keys.describeKey(reference)) };
  const seen = await pMap(
    others.slice(0, MOST),
    async place => ({ place, serverSide: await serverSideIn(place, port, { ...asked, keys }) }),
    { concurrency: AT_ONCE },
  );
  const key = { keyArn, alsoKnownAs: [] };
  return {
    ...{ account, region },
    seen: seen.filter(({ serverSide }) => serverSide.kind === 'seen').length,
    encrypted: seen.flatMap(({ place, serverSide }) =>
      serverSide.kind === 'seen' && serverSide.value.some(one => names(key, one)) ? [place] : [],
    ),
    unseen: seen.flatMap(({ place, serverSide }) =>
      serverSide.kind === 'unseen' ? [{ place, words: serverSide.words }] : [],
    ),
    unlisted: listed.flatMap(({ type, names: of }) =>
      of.kind === 'unseen' ? [{ type, words: of.words }] : [],
    ),
    beyond: Math.max(0, others.length - MOST),
  };
}

async function serverSideIn(
  place: StorePlace,
  { account, partition, region }: OthersPort,
  { keys, stores }: Pick<Asking, 'keys' | 'stores'>,
): Promise<Seen<readonly string[]>> {
  const named = await kindOf(place).serverSideKeys(place, catalogOf(stores, place));
  if (named.kind === 'unseen') return named;
  const inFull = named.value.map(key => fullKeyReference(key, { account, partition, region }));
  return resolvedKeys(inFull, keys);
}

/** Many buckets may name one alias. */
function remembering<T>(ask: (reference: string) => Promise<T>): (reference: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return reference => {
    const known = answers.get(reference) ?? ask(reference);
    answers.set(reference, known);
    return known;
  };
}

export function otherFindings({ account, region, seen, encrypted }: OtherStores): readonly RetireFinding[] {
  if (encrypted.length > 0) return encrypted.map(place => encryptedWithKey(place, storePlaceText(place)));
  return seen === 0
    ? []
    : [
        note(
          'server-side encryption',
          `${counted(seen)} of account ${account} in ${region} that no job names: none has this key, or gives it to new objects`,
        ),
      ];
}

/** What is never taken for good: nobody has seen it. */
export function otherNotChecked(others: OtherStores): readonly string[] {
  const { account, region, unseen, unlisted, beyond } = others;
  return [
    ...unlisted.map(
      ({ type, words }) =>
        `server-side encryption of ${kindOf({ type }).records === 'item' ? 'tables' : 'buckets'} of account ${account} in ${region} that no job names: they could not be listed (${words})`,
    ),
    ...(unseen.length === 0
      ? []
      : [`server-side encryption of ${named(unseen.map(({ place }) => place))} (${unseen[0]?.words})`]),
    ...(beyond === 0
      ? []
      : [
          `server-side encryption of ${counted(beyond)} of account ${account} in ${region}: ${MOST.toLocaleString('en-US')} were asked`,
        ]),
    `server-side encryption with this key of anything but tables and buckets of account ${account} in ${region}: of volumes, queues, secrets and logs; and of objects whose bucket no job names, and that have another key than its default`,
  ];
}

function named(places: readonly StorePlace[]): string {
  const more = places.length - MOST_NAMES;
  const texts = places.slice(0, MOST_NAMES).map(storePlaceText);
  return `${texts.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}

function counted(many: number): string {
  return many === 1 ? '1 table or bucket' : `${many.toLocaleString('en-US')} tables and buckets`;
}

import { isDeepStrictEqual } from 'node:util';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import type { ReEncryptAnswer, RequestSide, WriteResult } from '../../lambda/core/ports.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import type { RunVerdict } from '../../lambda/core/verdict/run-verdict.ts';
import { DOUBT_CODES, type StoreVerdict } from '../../lambda/core/verdict/store-verdict.ts';
import { answering, bound, opened, withBooks } from './bug-ports.ts';
import type { Bug, Ports, Planted } from './play.ts';

/**
 * One mistake for each branch in the product's decisions. Only mistakes that change no verdict, no figure and no data key
 * are left out: "unsupported" instead of "unreadable" is a mistake in words, which the tests of words cover.
 */

const PHASES = ['migrate', 'verify'] as const;
type Phase = (typeof PHASES)[number];

type Kind = ReEncryptAnswer['kind'];
const MADE_UP: Readonly<Record<Exclude<Kind, 're-encrypted'>, ReEncryptAnswer>> = {
  'incorrect-key': { kind: 'incorrect-key' },
  'invalid-ciphertext': { kind: 'invalid-ciphertext' },
  denied: { kind: 'denied', reason: 'made up' },
  rejected: { kind: 'rejected' },
  unavailable: { kind: 'unavailable', reason: 'made up' },
};
/** The verify pass doubts all of them; the migrate pass moves none of them. */
const DOUBTS: readonly Kind[] = ['invalid-ciphertext', 'denied', 'rejected', 'unavailable'];

/** Each answer from KMS mistaken for each other one, in each pass. */
const MISTAKEN_ANSWERS: readonly Planted[] = PHASES.flatMap(phase =>
  (['re-encrypted', 'incorrect-key', 'invalid-ciphertext'] as const).flatMap(from =>
    (['re-encrypted', ...Object.keys(MADE_UP)] as Kind[])
      .filter(to => to !== from && !(DOUBTS.includes(from) && DOUBTS.includes(to)))
      .map(to => ({
        name: `takes the answer ${from} for ${to} in the ${phase} pass`,
        bug: answering(phase, (answer, request) =>
          answer.kind !== from ? answer : to === 're-encrypted' ? opened(answer, request) : MADE_UP[to],
        ),
      })),
  ),
);

type ContextOf = (side: RequestSide, others: RequestSide['context'] | undefined) => RequestSide['context'];
const WRONG_CONTEXTS: Readonly<Record<string, ContextOf>> = {
  'no context': () => ({}),
  'a context without its first pair': ({ context }) => Object.fromEntries(Object.entries(context).slice(1)),
  'a context with a pair too many': ({ context }) => ({ ...context, run: 'r' }),
  'a context in capitals': ({ context }) =>
    Object.fromEntries(Object.entries(context).map(([name, value]) => [name, value.toUpperCase()])),
  'the context of the request before': ({ context }, before) => before ?? context,
};

/** Each way to build a wrong context, for each side of each pass's requests. */
const MISTAKEN_CONTEXTS: readonly Planted[] = (
  [
    ['migrate', 'source'],
    ['migrate', 'destination'],
    ['verify', 'source'],
  ] as const
).flatMap(([phase, side]) =>
  Object.entries(WRONG_CONTEXTS).map(([name, contextOf]) => ({
    name: `asks with ${name} on the ${side} side of the ${phase} pass`,
    bug: onPhase(phase, ports => withContexts(ports, side, contextOf)),
  })),
);

function withContexts(ports: Ports, side: 'source' | 'destination', contextOf: ContextOf): Ports {
  const { keys } = ports;
  let before: RequestSide['context'] | undefined;
  return {
    ...ports,
    keys: {
      reEncrypt: request => {
        const context = contextOf(request[side], before);
        before = request[side].context;
        return keys.reEncrypt({ ...request, [side]: { ...request[side], context } });
      },
      tryReEncrypt: request => keys.tryReEncrypt(request),
      pace: () => undefined,
      takeUsage: () => keys.takeUsage(),
    },
  };
}

function onPhase(which: Phase, change: (ports: Ports) => Ports): Bug {
  return { ports: (ports, phase) => (phase === which ? change(ports) : ports) };
}

type Read = (records: readonly StoreRecord[]) => readonly StoreRecord[];
const WRONG_READS: Readonly<Record<string, Read>> = {
  'passes over the first record of every page': records => records.slice(1),
  'passes over whatever has a name of a key': records =>
    records.filter(one => fieldOf(one, 'kid') === undefined),
  'sees no attribute tenant': records => records.map(one => withoutField(one, 'tenant')),
  'sees no attribute kid': records => records.map(one => withoutField(one, 'kid')),
  'sees no attribute edk': records => records.map(one => withoutField(one, 'edk')),
  'sees every record twice': records => records.flatMap(one => [one, one]),
};

/** Each way to read records wrongly, in each pass. */
const MISTAKEN_READS: readonly Planted[] = PHASES.flatMap(phase => [
  ...Object.entries(WRONG_READS).map(([name, read]) => ({
    name: `${name} in the ${phase} pass`,
    bug: onPhase(phase, ports => ({
      ...ports,
      records: {
        ...bound(ports),
        readPage: async (range, options) => {
          const page = await ports.records.readPage(range, options);
          return { ...page, records: read(page.records) };
        },
      },
    })),
  })),
  {
    name: `takes the first page for all of a unit in the ${phase} pass`,
    bug: onPhase(phase, ports => ({
      ...ports,
      records: {
        ...bound(ports),
        readPage: async (range, options) => ({
          records: (await ports.records.readPage(range, options)).records,
        }),
      },
    })),
  },
]);

function fieldOf(record: StoreRecord, name: string): unknown {
  return record.kind === 'item' ? record.attributes[name] : record.metadata[name];
}

function withoutField(record: StoreRecord, name: string): StoreRecord {
  const without = <T>(fields: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
  return record.kind === 'item'
    ? { ...record, attributes: without(record.attributes) }
    : { ...record, metadata: without(record.metadata) };
}

type Write = (record: StoreRecord, change: readonly PlaceChange[], ports: Ports) => Promise<WriteResult>;
const WRONG_WRITES: Readonly<Record<string, Write>> = {
  'writes nothing, and says that somebody else was faster': () =>
    Promise.resolve({ kind: 'precondition-failed' }),
  'writes nothing, and says that the record is locked': () =>
    Promise.resolve({ kind: 'blocked', reason: 'r' }),
  'writes nothing, and says that the store did not answer': () =>
    Promise.resolve({ kind: 'unavailable', reason: 'r' }),
  'writes the first place of a change only': (record, change, ports) =>
    ports.records.write(record, change.slice(0, 1)),
  'writes all places of a change but the first': (record, change, ports) =>
    ports.records.write(record, change.slice(1)),
  'writes a data key cut by its last character': (record, change, ports) =>
    ports.records.write(record, withFirst(change, cut)),
  'empties the place of the data key': (record, change, ports) =>
    ports.records.write(
      record,
      withFirst(change, () => undefined),
    ),
};

const MISTAKEN_WRITES: readonly Planted[] = Object.entries(WRONG_WRITES).map(([name, write]) => ({
  name,
  bug: onPhase('migrate', ports => ({
    ...ports,
    records: { ...bound(ports), write: (record, change) => write(record, change, ports) },
  })),
}));

function withFirst(
  change: readonly PlaceChange[],
  to: (value: AttributeValue | undefined) => AttributeValue | undefined,
): readonly PlaceChange[] {
  return change.map((place, index) => (index === 0 ? { ...place, after: to(place.after) } : place));
}

function cut(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return value;
  if ('B' in value) return { B: value.B.slice(0, -2) };
  return 'S' in value ? { S: value.S.slice(0, -2) } : value;
}

/** Each verdict about a store mistaken for each other one. */
const STORE_KINDS = ['proven', 'empty', 'not-proven'] as const;
const MISTAKEN_VERDICTS: readonly Planted[] = STORE_KINDS.flatMap(from =>
  STORE_KINDS.filter(to => to !== from).map(to => ({
    name: `calls a store ${to} that is ${from}`,
    bug: {
      report: (report: Report): Report => {
        const wrong: StoreVerdict = to === 'not-proven' ? { kind: to, doubts: [] } : { kind: to };
        const stores = report.stores.map(store =>
          store.verdict.kind === from ? { ...store, verdict: wrong } : store,
        );
        return { ...report, stores };
      },
    },
  })),
);

/** Each verdict about a run mistaken for each one with a different exit code. */
const GOOD: readonly RunVerdict[] = ['proven', 'empty', 'nothing-to-do'];
const BAD: readonly RunVerdict[] = ['not-proven', 'counted', 'failed'];
const MISTAKEN_ENDS: readonly Planted[] = [
  ...GOOD.flatMap(from => BAD.map(to => [from, to] as const)),
  ...BAD.slice(0, 2).flatMap(from => GOOD.map(to => [from, to] as const)),
].map(([from, to]) => ({
  name: `ends with the verdict ${to} where it is ${from}`,
  bug: { report: report => (report.verdict === from ? { ...report, verdict: to } : report) },
}));

const INVENTED_DOUBTS: readonly Planted[] = DOUBT_CODES.map(code => ({
  name: `invents the doubt ${code}`,
  bug: {
    report: report => ({
      ...report,
      stores: report.stores.map(store => {
        const doubts = store.verdict.kind === 'not-proven' ? store.verdict.doubts : [];
        const verdict: StoreVerdict = { kind: 'not-proven', doubts: [...doubts, { code, words: 'made up' }] };
        return { ...store, verdict };
      }),
    }),
  },
}));

/** Each doubt lost between the report and the stored proof, and each field that a proof depends on. */
const MISTAKEN_PROOFS: readonly Planted[] = [
  ...DOUBT_CODES.filter(code => !['incomplete', 'narrowed', 'journal-contradicted'].includes(code)).map(
    (code): Planted => ({
      name: `stores a proof without the doubt ${code}`,
      bug: {
        proofs: proofs =>
          proofs.map(proof => {
            const doubts = (proof.doubts ?? []).filter(doubt => doubt.code !== code);
            return isDeepStrictEqual(doubts, proof.doubts)
              ? proof
              : { ...proof, doubts, verdict: doubts.length === 0 ? 'proven' : 'not-proven' };
          }),
      },
    }),
  ),
  {
    name: 'stores the proof of a part as one of the whole',
    bug: { proofs: proofs => proofs.map(({ part: _part, ...proof }) => proof) },
  },
  {
    name: 'stores that every proof is one',
    bug: { proofs: proofs => proofs.map(proof => ({ ...proof, verdict: 'proven', doubts: [] })) },
  },
  { name: 'stores no proof', bug: { proofs: () => [] } },
];

/** Each pass's books with a wrong number of data keys, records or look-alikes. */
const MISTAKEN_BOOKS: readonly Planted[] = [
  {
    name: 'counts one look-alike too many',
    bug: {
      progress: progress =>
        withBooks(progress, books => ({
          ...books,
          lookAlikes: { count: (books.lookAlikes?.count ?? 0) + 1, first: [] },
        })),
    },
  },
  {
    name: 'counts one record without a data key too many',
    bug: {
      progress: progress =>
        withBooks(progress, books => ({ ...books, withoutDataKey: (books.withoutDataKey ?? 0) + 1 })),
    },
  },
  {
    name: 'concludes with a unit that has not come to its end',
    bug: { progress: progress => ({ ...progress, done: false }) },
  },
];

export const GENERATED_BUGS: readonly Planted[] = [
  ...MISTAKEN_ANSWERS,
  ...MISTAKEN_CONTEXTS,
  ...MISTAKEN_READS,
  ...MISTAKEN_WRITES,
  ...MISTAKEN_VERDICTS,
  ...MISTAKEN_ENDS,
  ...INVENTED_DOUBTS,
  ...MISTAKEN_PROOFS,
  ...MISTAKEN_BOOKS,
];

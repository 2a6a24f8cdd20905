import type { Books } from '../../lambda/core/model/books.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../../lambda/core/model/outcome.ts';
import { runVerdict } from '../../lambda/core/verdict/run-verdict.ts';
import { DOUBT_CODES, type DoubtCode, type StoreVerdict } from '../../lambda/core/verdict/store-verdict.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { answering, bound, opened, withAnswers, withBooks } from './bug-ports.ts';
import { GENERATED_BUGS } from './generated-bugs.ts';
import { ORDER_BUGS } from './order-bugs.ts';
import type { Planted } from './play.ts';

/** One mistake for each doubt: the report forgets it and draws its conclusions without it. */
const FORGOTTEN_DOUBTS: readonly Planted[] = DOUBT_CODES.filter(
  // No scene has a journal that KMS contradicts; the planted bugs that corrupt new ciphertexts do.
  code => !['incomplete', 'journal-contradicted'].includes(code),
).map(code => ({
  name: `forgets the doubt ${code}`,
  bug: { report: report => withoutDoubt(report, code) },
}));

function withoutDoubt(report: Report, code: DoubtCode): Report {
  const stores = report.stores.map(store => ({ ...store, verdict: without(store.verdict, code) }));
  return { ...report, stores, verdict: runVerdict({ ...report, stores }) };
}

function without(verdict: StoreVerdict, code: DoubtCode): StoreVerdict {
  if (verdict.kind !== 'not-proven') return verdict;
  const doubts = verdict.doubts.filter(doubt => doubt.code !== code);
  return doubts.length > 0 ? { kind: 'not-proven', doubts } : { kind: 'proven' };
}

/** One mistake for each outcome that leaves something to do: the verify pass mistakes it for a proof. */
const BELIEVED_OUTCOMES: readonly Planted[] = OUTCOME_KINDS.filter(kind =>
  ['to-rewrap', 'foreign-key', 'unreadable', 'unsupported'].includes(kind),
).map(kind => ({
  name: `takes the outcome ${kind} of the verify pass for a proof`,
  bug: {
    progress: (progress, phase) => (phase === 'verify' ? withBooks(progress, believed(kind)) : progress),
  },
}));

function believed(kind: OutcomeKind): (books: Books) => Books {
  return books => {
    const { [kind]: count = 0, ...others } = books.outcomes;
    const outcomes: Books['outcomes'] = others;
    const doubted = kind === 'foreign-key' ? 0 : count;
    return {
      ...books,
      outcomes: { ...outcomes, 'already-current': (outcomes['already-current'] ?? 0) + count },
      remaining: books.remaining - doubted,
    };
  };
}

/** One mistake for each figure of the books. */
const LOST_FIGURES: readonly Planted[] = [
  ['look-alikes', { lookAlikes: { count: 0, first: [] } }],
  ['records without a data key', { withoutDataKey: 0 }],
  ['records', { records: 0 }],
].map(([name, changes]) => ({
  name: `loses the ${name as string}`,
  bug: { progress: progress => withBooks(progress, books => ({ ...books, ...(changes as Partial<Books>) })) },
}));

const MISTAKES: readonly Planted[] = [
  { name: 'believes that KMS has opened whatever it verifies', bug: answering('verify', opened) },
  {
    // The journal has the digest of the corrupted bytes, so only the sample can show it.
    name: 'corrupts every new ciphertext before it is digested',
    bug: answering('migrate', answer =>
      answer.kind === 're-encrypted' ? { ...answer, ciphertext: corrupted(answer.ciphertext) } : answer,
    ),
  },
  {
    name: 'takes "corrupt or another context" for another key',
    bug: answering('migrate', answer =>
      answer.kind === 'invalid-ciphertext' ? { kind: 'incorrect-key' } : answer,
    ),
  },
  {
    name: 'takes another key for "corrupt or another context"',
    bug: answering('verify', answer =>
      answer.kind === 'incorrect-key' ? { kind: 'invalid-ciphertext' } : answer,
    ),
  },
  {
    name: 'calls every data key foreign that it migrates',
    bug: answering('migrate', () => ({ kind: 'incorrect-key' })),
  },
  {
    name: 'verifies what it remembers, not what is there',
    bug: {
      ports: (ports, phase) =>
        phase === 'verify'
          ? { ...ports, records: { ...bound(ports), readPage: () => Promise.resolve({ records: [] }) } }
          : ports,
    },
  },
  {
    name: 'passes over the last record of every page',
    bug: {
      ports: (ports, phase) => ({
        ...ports,
        records: {
          ...bound(ports),
          readPage: async (range, options) => {
            const page = await ports.records.readPage(range, options);
            return phase === 'verify' ? { ...page, records: page.records.slice(0, -1) } : page;
          },
        },
      }),
    },
  },
  {
    name: 'claims writes that it has not made',
    bug: {
      ports: ports => ({
        ...ports,
        records: { ...bound(ports), write: () => Promise.resolve({ kind: 'written' }) },
      }),
    },
  },
  {
    name: 'writes the data key and forgets what lies beside it',
    bug: {
      ports: ports => ({
        ...ports,
        records: {
          ...bound(ports),
          write: (record, change) => ports.records.write(record, change.slice(0, 1)),
        },
      }),
    },
  },
  {
    name: 'encrypts under no context',
    bug: {
      ports: (ports, phase) => {
        if (phase !== 'migrate') return ports;
        const { keys } = ports;
        return {
          ...ports,
          keys: {
            reEncrypt: request =>
              keys.reEncrypt({ ...request, destination: { ...request.destination, context: {} } }),
            tryReEncrypt: request => keys.tryReEncrypt(request),
            pace: () => undefined,
            takeUsage: () => keys.takeUsage(),
          },
        };
      },
    },
  },
  {
    name: 'remembers every data key as foreign',
    bug: {
      ports: (ports, phase) =>
        phase === 'verify'
          ? {
              ...ports,
              archive: {
                async *outcomesOf(unit) {
                  for await (const entry of ports.archive.outcomesOf(unit))
                    yield { ...entry, outcome: 'foreign-key' };
                },
              },
              keys: withAnswers(ports, () => ({ kind: 'incorrect-key' })).keys,
            }
          : ports,
    },
  },
  {
    // Counting too few would not be visible: what remains follows from the outcomes.
    name: 'counts one data key too many as remaining',
    bug: {
      progress: (progress, phase) =>
        phase === 'verify'
          ? withBooks(progress, books => ({ ...books, remaining: books.remaining + 1 }))
          : progress,
    },
  },
  {
    name: 'says that every run is proven',
    bug: { report: report => ({ ...report, verdict: report.state === 'failed' ? 'failed' : 'proven' }) },
  },
];

function corrupted(ciphertext: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(ciphertext);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

export const PLANTED_BUGS: readonly Planted[] = [
  ...FORGOTTEN_DOUBTS,
  ...BELIEVED_OUTCOMES,
  ...LOST_FIGURES,
  ...MISTAKES,
  ...GENERATED_BUGS,
  ...ORDER_BUGS,
];

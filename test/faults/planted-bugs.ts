import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { placeDigest } from '../../lambda/core/journal/intents.ts';
import { valueAt } from '../../lambda/core/places/value-at.ts';
import type { IntentEntry } from '../../lambda/core/journal/entries.ts';
import type { ReEncryptAnswer } from '../../lambda/core/ports.ts';
import { PASSING_BUGS } from './passing-bugs.ts';
import {
  believed,
  blindly,
  labelsOf,
  unlabelled,
  withAnswers,
  withNoteOf,
  withRecords,
} from './planted-ports.ts';
import { TABLE } from './records.ts';
import type { Planted } from './planted.ts';
import type { WorkerPorts } from './service.ts';

const MANY_WRITERS = {
  writers: 4,
  writerPauseMs: 200,
  stalls: 0.3,
  stallMs: 2_000,
  objects: 3,
  items: 8,
} as const;
/** They write for longer than it takes to plan a run. */
const MANY_WRITERS_OF_BODIES = {
  ...MANY_WRITERS,
  ...{ items: 3, flawed: 0, stalls: 0.5, writerPauseMs: 1_000, faultRate: 0, kills: [], events: [] },
  forms: { document: true, objects: 'body' },
} as const;
const CALM = { faultRate: 0, kills: [], events: [], writers: 0, duplicates: 0, stalls: 0 } as const;

const CLAIMED = { kind: 'written' } as const;

export const PLANTED_BUGS: readonly Planted[] = [
  {
    name: 'writes without looking whether the data key is still the one it read',
    breaks: [2, 4],
    given: MANY_WRITERS,
    bug: {
      ports: ports => withRecords(ports, { write: (record, change) => blindly(ports, record, change) }),
    },
  },
  {
    name: 'puts a body without looking whether it is still the one it read',
    breaks: [2, 4],
    given: MANY_WRITERS_OF_BODIES,
    bug: {
      ports: ports =>
        withRecords(ports, {
          write: (record, change) =>
            record.kind === 'object' ? blindly(ports, record, change) : ports.records.write(record, change),
        }),
    },
  },
  {
    name: 'writes an attribute back that is not its business',
    breaks: [2],
    given: MANY_WRITERS,
    bug: {
      ports: ports =>
        withRecords(ports, {
          write: (record, change) => {
            if (record.kind !== 'item') return ports.records.write(record, change);
            return withNoteOf(ports, record, change);
          },
        }),
    },
  },
  {
    name: 'forgets the key ARN beside the data key',
    breaks: [2],
    given: CALM,
    bug: {
      ports: ports =>
        withRecords(ports, {
          write: (record, change) =>
            record.kind === 'item'
              ? ports.records.write(record, change.slice(0, 1))
              : ports.records.write(record, change),
        }),
    },
  },
  {
    name: 'journals a page two seconds after it has written it',
    breaks: [3],
    given: CALM,
    bug: {
      ports: ({ journal, ...ports }) => ({
        ...ports,
        journal: {
          writeIntents: (page, intents) => {
            setTimeout(() => void journal.writeIntents(page, intents), 2_000);
            return Promise.resolve();
          },
          writeOutcomes: (page, outcomes) => journal.writeOutcomes(page, outcomes),
          writeUnproven: (page, unproven) => journal.writeUnproven(page, unproven),
        },
      }),
    },
  },
  {
    name: 'loses the first intent of every page',
    breaks: [3],
    given: CALM,
    bug: {
      ports: ({ journal, ...ports }) => ({
        ...ports,
        journal: {
          writeIntents: (page, intents) => journal.writeIntents(page, intents.slice(1)),
          writeOutcomes: (page, outcomes) => journal.writeOutcomes(page, outcomes),
          writeUnproven: (page, unproven) => journal.writeUnproven(page, unproven),
        },
      }),
    },
  },
  {
    name: 'gives a record the new data key of its neighbour',
    breaks: [4],
    given: CALM,
    bug: {
      ports: ports => {
        const last = new Map<string, ReEncryptAnswer>();
        return withAnswers(ports, (answer, { destination }) => {
          const context = JSON.stringify(destination.context);
          const neighbour = last.get(context) ?? answer;
          last.set(context, answer);
          return answer.kind === 're-encrypted' ? neighbour : answer;
        });
      },
    },
  },
  {
    name: 'does not know its own work again',
    breaks: [4],
    given: CALM,
    bug: {
      ports: (ports, { phase }) =>
        phase !== 'migrate'
          ? ports
          : withAnswers(ports, answer =>
              answer.kind === 're-encrypted' && answer.source.keyArn === answer.destination.keyArn
                ? { ...answer, source: { ...answer.source, keyMaterialId: '0'.repeat(64) } }
                : answer,
            ),
    },
  },
  {
    name: 'claims writes that it has not made',
    breaks: [4],
    given: CALM,
    bug: { ports: ports => withRecords(ports, { write: () => Promise.resolve(CLAIMED) }) },
  },
  {
    name: 'passes over a record of every page',
    breaks: [5],
    given: CALM,
    bug: {
      ports: ports =>
        withRecords(ports, {
          readPage: async (range, options) => {
            const page = await ports.records.readPage(range, options);
            return { ...page, records: page.records.slice(1) };
          },
        }),
    },
  },
  {
    name: 'says that nothing is left, whatever is',
    // A reader who has only the new key must find this. That the counts are wrong is found in any case.
    breaks: [10],
    given: CALM,
    bug: {
      ports: (ports, { phase, plan }) =>
        phase === 'migrate'
          ? withRecords(ports, { write: (record, change) => ports.records.write(record, labelsOf(change)) })
          : withAnswers(ports, (_, { ciphertext }) => {
              const material = { keyArn: plan.destination.keyArn, keyMaterialId: 'f'.repeat(64) };
              const algorithm = 'SYMMETRIC_DEFAULT';
              return {
                kind: 're-encrypted',
                ciphertext,
                source: material,
                destination: material,
                sourceAlgorithm: algorithm,
                destinationAlgorithm: algorithm,
                requestIds: [],
              };
            }),
    },
  },
  {
    name: 'is told by the verify pass what it wants to hear',
    breaks: [10],
    given: { ...CALM, flawed: 4 },
    bug: {
      ports: (ports, { phase, plan }) =>
        phase === 'verify'
          ? withAnswers(unlabelled(ports), (answer, { ciphertext }) =>
              believed(answer, ciphertext, plan.destination.keyArn),
            )
          : ports,
    },
  },
  {
    name: 'puts something new where KMS could not open the old',
    breaks: [6],
    given: { ...CALM, flawed: 4 },
    bug: {
      ports: (ports, { plan }) => {
        let made: ReEncryptAnswer | undefined;
        return withAnswers(ports, (answer, { source }) => {
          if (answer.kind === 're-encrypted' && source.keyArn !== plan.destination.keyArn) made = answer;
          return answer.kind === 'invalid-ciphertext' ? (made ?? answer) : answer;
        });
      },
    },
  },
  {
    name: 'goes on when it is told to stop',
    breaks: [6],
    given: {
      ...CALM,
      kmsRequestsPerSecond: 4,
      items: 20,
      workers: 1,
      pageSize: 2,
      events: [{ event: 'stop', atMs: 1_500 }],
    },
    bug: {
      ports: ports => ({
        ...ports,
        ledger: {
          lastCheckpoint: (of, runId) => ports.ledger.lastCheckpoint(of, runId),
          checkpoint: (progress, previous) => ports.ledger.checkpoint(progress, previous),
          breakPremise: (runId, words) => ports.ledger.breakPremise(runId, words),
          noteTrouble: (runId, words) => ports.ledger.noteTrouble(runId, words),
          renewLease: (runId, until) => ports.ledger.renewLease(runId, until),
          noteVerifying: runId => ports.ledger.noteVerifying(runId),
          distrustJournals: job => ports.ledger.distrustJournals(job),
          readControl: async runId => {
            const { brokenPremise: _unheard, ...control } = await ports.ledger.readControl(runId);
            return control;
          },
        },
      }),
    },
  },
  {
    name: 'takes ten times its share of the rate',
    breaks: [7],
    given: { ...CALM, kmsRequestsPerSecond: 4, items: 20 },
    bug: {
      ports: ports => {
        const { keys } = withAnswers(ports, answer => answer);
        return { ...ports, keys: { ...keys, pace: rate => ports.keys.pace(10 * rate) } };
      },
    },
  },
  {
    name: 'deletes a record',
    breaks: [8],
    given: CALM,
    bug: {
      ports: (ports, { dynamodb }) =>
        withRecords(ports, {
          readPage: async (range, options) => {
            const page = await ports.records.readPage(range, options);
            const [first] = page.records;
            if (first?.kind === 'item')
              await dynamodb.send(
                new DeleteItemCommand({
                  TableName: TABLE,
                  Key: { id: { S: JSON.parse(first.locator).id.S as string } },
                }),
              );
            return page;
          },
        }),
    },
  },
  {
    name: 'rolls back over what another writer has written since',
    breaks: [2, 4],
    given: { ...MANY_WRITERS, roughRollback: false },
    bug: {
      ports: (ports, { phase }) =>
        phase !== 'rollback'
          ? ports
          : {
              ...ports,
              archive: Object.assign(Object.create(ports.archive) as WorkerPorts['archive'], {
                pagesOf: (...asked: Parameters<WorkerPorts['archive']['pagesOf']>) =>
                  ports.archive.pagesOf(...asked),
                hasRewrapped: (name: string) => ports.archive.hasRewrapped(name),
                readIntents: async (name: string) => {
                  const read = await ports.archive.readIntents(name);
                  if (read.kind === 'damaged') return read;
                  return {
                    ...read,
                    intents: await Promise.all(read.intents.map(one => blindIntent(ports, one))),
                  };
                },
              }),
            },
    },
  },
  {
    name: 'puts back every other data key only',
    breaks: ['rollback'],
    given: CALM,
    bug: {
      ports: (ports, { phase }) => {
        let writes = 0;
        return phase !== 'rollback'
          ? ports
          : withRecords(ports, {
              write: (record, change) =>
                ++writes % 2 === 0 ? Promise.resolve(CLAIMED) : ports.records.write(record, change),
            });
      },
    },
  },
  ...PASSING_BUGS,
];

/** An intent that assumes its run wrote whatever the record holds now. */
async function blindIntent({ records }: WorkerPorts, intent: IntentEntry): Promise<IntentEntry> {
  const [record] = await records.find([intent.locator]);
  if (record?.kind !== 'item') return intent;
  const undo = intent.undo.map(place => ({
    ...place,
    afterDigest: placeDigest(valueAt(record.attributes, place.path)),
  }));
  return { ...intent, undo };
}

/**
 * A model of one record that two workers on one unit, an application and a rollback access, one atomic step at a time.
 * Every interleaving is visited. The steps follow docs/architecture.md: read, re-encrypt, journal and write; after a lost
 * race, read again and write once more. Any worker may be killed between any two steps, and then starts again.
 */

/** The bytes in the data key's slot: which data key they hold, and which of its ciphertexts they are. */
interface Edk {
  readonly dataKey: number;
  readonly bytes: string;
}

type WorkerStep = 'idle' | 'read' | 'journalled' | 'lost-race' | 'read-again' | 'done';

interface Worker {
  readonly step: WorkerStep;
  readonly seen?: Edk;
  readonly made?: Edk;
  readonly restarts: number;
}

interface Intent {
  readonly old: Edk;
  readonly made: Edk;
}

type RollbackStep = 'not-started' | 'deciding' | 'done';

export interface State {
  /** `payload`: the data key that the record's payload is encrypted with. */
  readonly record: { readonly edk: Edk; readonly payload: number } | undefined;
  readonly workers: readonly [Worker, Worker];
  readonly journal: readonly Intent[];
  readonly writerActions: number;
  readonly rollback: { readonly step: RollbackStep; readonly next: number; readonly seen?: Edk };
  /** The data key that the application wrote last; `undefined` once it has deleted the record. */
  readonly lastWritten: number | undefined;
  /** The application has touched the record since the run began. */
  readonly touched: boolean;
}

/** What a careless implementation might do. The model shows that each of these mistakes loses something. */
export type Mistake =
  | 'write without a condition'
  | 'write before the journal'
  | 'roll back without a condition'
  | 'roll back what is not its own'
  | 'roll back while a worker is alive';

const ORIGINAL: Edk = { dataKey: 0, bytes: 'old-0' };

export const INITIAL: State = {
  record: { edk: ORIGINAL, payload: 0 },
  workers: [
    { step: 'idle', restarts: 0 },
    { step: 'idle', restarts: 0 },
  ],
  journal: [],
  writerActions: 0,
  rollback: { step: 'not-started', next: 0 },
  lastWritten: 0,
  touched: false,
};

const MAX_WRITER_ACTIONS = 2;
const MAX_RESTARTS = 1;

/** All states that one step by any actor leads to. */
export function successors(state: State, mistake?: Mistake): readonly State[] {
  return [
    ...workerSteps(state, 0, mistake),
    ...workerSteps(state, 1, mistake),
    ...writerSteps(state),
    ...rollbackSteps(state, mistake),
  ];
}

function workerSteps(state: State, index: 0 | 1, mistake: Mistake | undefined): readonly State[] {
  const worker = state.workers[index];
  const to = (changes: Partial<Worker>, rest: Partial<State> = {}): State => {
    const workers = [...state.workers] as [Worker, Worker];
    workers[index] = { ...worker, ...changes };
    return { ...state, ...rest, workers };
  };
  const killed =
    worker.step === 'idle' || worker.step === 'done' || worker.restarts >= MAX_RESTARTS
      ? []
      : [{ ...to({}), workers: restarted(state.workers, index) }];
  // A run that is being rolled back has ended: its workers start no new record.
  if (state.rollback.step !== 'not-started' && worker.step === 'idle') return [];
  return [...killed, ...forward(state, index, { to, mistake })];
}

function restarted(workers: State['workers'], index: 0 | 1): State['workers'] {
  const all = [...workers] as [Worker, Worker];
  all[index] = { step: 'idle', restarts: workers[index].restarts + 1 };
  return all;
}

interface Stepping {
  readonly to: (changes: Partial<Worker>, rest?: Partial<State>) => State;
  readonly mistake: Mistake | undefined;
}

function forward(state: State, index: 0 | 1, { to, mistake }: Stepping): readonly State[] {
  const { step, seen, made, restarts } = state.workers[index];
  const { record, journal } = state;
  switch (step) {
    case 'idle':
      // A record that is already under the new key, or is deleted, is left alone.
      return record === undefined || record.edk.bytes.startsWith('new')
        ? [to({ step: 'done' })]
        : [to({ step: 'read', seen: record.edk })];
    case 'read': {
      const dataKey = seen?.dataKey ?? 0;
      const edk = { dataKey, bytes: `new-${dataKey}-by-${index}-${restarts}` };
      const intent = { old: seen ?? ORIGINAL, made: edk };
      return mistake === 'write before the journal'
        ? written(state, { to: changes => to({ made: edk, ...changes }, {}), edk, seen })
        : [to({ step: 'journalled', made: edk }, { journal: [...journal, intent] })];
    }
    case 'journalled':
    case 'read-again': {
      if (made === undefined || seen === undefined) return [];
      if (mistake === 'write without a condition' && record !== undefined)
        return [to({ step: 'done' }, { record: { ...record, edk: made } })];
      return written(state, { to, edk: made, seen });
    }
    case 'lost-race':
      // The record holds a new ciphertext, the worker's own or another's: done. It still holds the old one: try once more.
      return record?.edk.bytes === seen?.bytes && state.rollback.step === 'not-started'
        ? [to({ step: 'read-again' })]
        : [to({ step: 'done' })];
    case 'done':
      return [];
  }
}

interface Writing {
  readonly to: (changes: Partial<Worker>, rest?: Partial<State>) => State;
  readonly edk: Edk;
  readonly seen: Edk | undefined;
}

/** A conditional write: it takes effect or not, and in either case its answer may be lost. */
function written(state: State, { to, edk, seen }: Writing): readonly State[] {
  const { record } = state;
  const holds = record !== undefined && record.edk.bytes === seen?.bytes;
  const after = holds ? { ...record, edk } : record;
  const applied = { ...to({ step: 'done' }), record: after };
  const answerLost = { ...to({ step: 'lost-race' }), record: after };
  return holds ? [applied, answerLost] : [to({ step: 'lost-race' })];
}

/** The application writes or recreates the record with a new data key, under the old or the new KMS key, or deletes it. */
function writerSteps(state: State): readonly State[] {
  if (state.writerActions >= MAX_WRITER_ACTIONS) return [];
  const dataKey = state.writerActions + 1;
  const next = { ...state, writerActions: dataKey, touched: true };
  const put = (key: 'old' | 'new'): State => ({
    ...next,
    record: { edk: { dataKey, bytes: `${key}-${dataKey}` }, payload: dataKey },
    lastWritten: dataKey,
  });
  return [put('old'), put('new'), { ...next, record: undefined, lastWritten: undefined }];
}

/** Works through the journal. If the stored ciphertext is still the one that the run wrote, the old one is put back. */
function rollbackSteps(state: State, mistake: Mistake | undefined): readonly State[] {
  const { rollback, journal, record } = state;
  const intent = journal[rollback.next];
  switch (rollback.step) {
    case 'not-started':
      return isOver(state) || mistake === 'roll back while a worker is alive'
        ? [{ ...state, rollback: { step: 'deciding', next: 0 } }]
        : [];
    case 'deciding': {
      if (intent === undefined) return [{ ...state, rollback: { ...rollback, step: 'done' } }];
      if (rollback.seen === undefined)
        return [
          record === undefined
            ? { ...state, rollback: { step: 'deciding', next: rollback.next + 1 } }
            : { ...state, rollback: { ...rollback, seen: record.edk } },
        ];
      const next = { ...state, rollback: { step: 'deciding' as const, next: rollback.next + 1 } };
      const own = rollback.seen.bytes === intent.made.bytes || mistake === 'roll back what is not its own';
      const unchanged =
        record?.edk.bytes === rollback.seen.bytes || mistake === 'roll back without a condition';
      return [
        own && unchanged && record !== undefined ? { ...next, record: { ...record, edk: intent.old } } : next,
      ];
    }
    case 'done':
      return [];
  }
}

/** No worker of the run is between two steps: a worker killed at the end of a run is dead before the rollback begins. */
function isOver({ workers }: State): boolean {
  return workers.every(({ step }) => step === 'done' || step === 'idle');
}

/** Checks what must hold in every reachable state, and returns what does not. */
export function broken(state: State): string | undefined {
  const { record, lastWritten, rollback, touched } = state;
  if (record !== undefined && record.edk.dataKey !== record.payload)
    return 'the record holds a data key that does not open its payload';
  if (record?.payload !== lastWritten) return "the application's last write is lost";
  if (rollback.step === 'done' && isOver(state) && !touched && record?.edk.bytes !== ORIGINAL.bytes)
    return 'a record that nobody else touched is not as it was, after a rollback';
  return undefined;
}

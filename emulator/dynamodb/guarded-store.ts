import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lock, Store, StoreOfRecords, StreamOfRecords } from 'dynalite/db/index.js';

/** A request that dynalite serves, and the items that it has locked. */
interface Served {
  readonly failed: (error: unknown) => void;
  readonly locks: Set<() => void>;
}

const served = new AsyncLocalStorage<Served>();

/** Lets dynalite serve a request: whatever it throws now, or when its store calls back, is told, and ends nothing else. */
export function serving(failed: (error: unknown) => void, work: () => void): void {
  served.run({ failed, locks: new Set() }, guarded(work));
}

/**
 * dynalite goes on in callbacks of its store. What one of them throws would end the process, and leave items locked: here it
 * ends the request that it is of.
 */
export function guardedStore(store: Store): Store {
  const known = new WeakMap<StoreOfRecords, StoreOfRecords>();
  const guardedRecords = (records: StoreOfRecords): StoreOfRecords => {
    const one = known.get(records) ?? ofRecords(records);
    known.set(records, one);
    return one;
  };
  return {
    ...store,
    tableDb: guardedRecords(store.tableDb),
    getTable: withGuards(store.getTable),
    getItemDb: name => guardedRecords(store.getItemDb(name)),
    getIndexDb: (...of) => guardedRecords(store.getIndexDb(...of)),
    getTagDb: name => guardedRecords(store.getTagDb(name)),
    deleteItemDb: withGuards(store.deleteItemDb),
    deleteIndexDb: withGuards(store.deleteIndexDb),
    deleteTagDb: withGuards(store.deleteTagDb),
  };
}

function ofRecords(records: StoreOfRecords): StoreOfRecords {
  return {
    ...records,
    get: withGuards(records.get),
    put: withGuards(records.put),
    del: withGuards(records.del),
    batch: withGuards(records.batch),
    createKeyStream: options => ofStream(records.createKeyStream(options)),
    createValueStream: options => ofStream(records.createValueStream(options)),
    lock: ofLock(records.lock),
  };
}

function ofStream(stream: StreamOfRecords): StreamOfRecords {
  const on = stream.on.bind(stream);
  stream.on = (event, listener) => on(event, guarded(listener));
  return stream;
}

/** Whoever fails holds nothing any longer. */
function ofLock(lock: Lock): Lock {
  return (key, work) => {
    const locks = served.getStore()?.locks;
    lock(
      key,
      guarded(release => {
        const held = release(() => undefined);
        locks?.add(held);
        work(done => {
          const over = release(done);
          return (...args) => {
            locks?.delete(held);
            over(...args);
          };
        });
      }),
    );
  };
}

type Callback<Args extends readonly unknown[]> = (...args: Args) => void;

function withGuards<Args extends readonly unknown[]>(of: Callback<Args>): Callback<Args> {
  return (...args) => of(...(args.map(one => (isCallback(one) ? guarded(one) : one)) as never as Args));
}

function isCallback(value: unknown): value is Callback<readonly unknown[]> {
  return typeof value === 'function';
}

function guarded<Args extends readonly unknown[]>(callback: Callback<Args>): Callback<Args> {
  const request = served.getStore();
  if (request === undefined) return callback;
  return (...args) =>
    served.run(request, () => {
      try {
        callback(...args);
      } catch (error) {
        for (const held of request.locks) held();
        request.locks.clear();
        request.failed(error);
      }
    });
}

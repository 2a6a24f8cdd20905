import type { Needs } from '../../core/model/format.ts';
import type { Store } from '../../core/model/job.ts';
import type { Deadline, RecordStore } from '../../core/ports.ts';
import type { AwsClients } from '../aws/clients.ts';
import { GRANTED, isDenied, isTransient, messageOf, nameOf, premise } from '../aws/errors.ts';
import type { RoleSession } from '../aws/role-session.ts';
import type { Lookup } from '../../core/stores/lookup.ts';
import type { TableCapacities } from './table-capacities.ts';

/** A kind of store over its service's API. */
export interface StoreAdapter<S extends Store, Catalog> {
  /** The records of a store; of one that is copied, those of its destination. */
  open(store: S, options: OpenOptions): Promise<RecordStore>;
  /** The names of all tables or buckets of the caller's account in a Region. */
  namesIn(clients: AwsClients, region: string): Promise<readonly string[]>;
  /** What Plan and retire-check ask. */
  catalog(clients: AwsClients): Catalog;
}

/** What the format needs is read as well. */
export interface OpenOptions extends Needs {
  readonly clients: AwsClients;
  /** The Region of stores that name none. */
  readonly region: string;
  /** In which a role is assumed, if the store names one. @default one that may only read */
  readonly session?: RoleSession;
  /** Of the invocation that writes. @default a write may take any time */
  readonly deadline?: Deadline;
  /** Lets writes that are ready at the same time go in one request; told, once, if AWS refuses that. @default each goes by itself */
  readonly batchesRefused?: (why: string) => void;
  /** What the caller's requests take of tables is counted, and bounded, there. @default each store for itself, without a bound */
  readonly capacities?: Pick<TableCapacities, 'of'>;
}

const NOT_FOUND: readonly string[] = [
  'ResourceNotFoundException',
  'NoSuchBucket',
  'NotFound',
  'TableNotFoundException',
];

/** That a store is not there, or may not be looked at, is an answer. */
export async function lookup<Description>(
  describe: () => Promise<Description>,
): Promise<Lookup<Description>> {
  try {
    return { kind: 'found', description: await describe() };
  } catch (error) {
    if (NOT_FOUND.includes(nameOf(error))) return { kind: 'not-found' };
    if (isDenied(error)) return { kind: 'denied', message: messageOf(error) };
    throw error;
  }
}

const CURE = `check that it exists and ${GRANTED}`;

/** What a worker must know of a store before it reads: without it the run cannot go on. */
export async function needed<Known>(
  { code, call }: { readonly code: string; readonly call: string },
  ask: () => Promise<Known>,
): Promise<Known> {
  try {
    return await ask();
  } catch (error) {
    if (isTransient(error)) throw error;
    throw premise(code, call, error, CURE);
  }
}

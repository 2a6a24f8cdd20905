import { Buffer } from 'node:buffer';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Store } from '../model/job.ts';
import type { KeysOfRun, RunIdentity, StoresOfRun } from '../model/run-plan.ts';
import { accountOf } from '../model/store-account.ts';
import { copiedPlace, narrowedTo, writtenPlace } from '../stores/places.ts';
import { digest } from '../model/digest.ts';
import { proofId } from './proof-id.ts';
import type { ProofPart, StoreProof } from './store-proof.ts';

/** What a proof says of its run. */
type ProvingRun = RunIdentity & KeysOfRun & StoresOfRun;

/** The name under which a proof by a run like this one is stored. */
export function proofIdOf(plan: ProvingRun, index: number): string {
  return proofId({ ...aboutStore(plan, index, plan.startedAt), verdict: 'proven', doubts: [], remaining: 0 });
}

/** As soon as a run begins, its places are known. As soon as a rollback begins, nothing is proven about them any more. */
export function begunProofs(plan: ProvingRun): readonly StoreProof[] {
  return plan.stores.map((_, index) => ({
    ...aboutStore(plan, index, plan.startedAt),
    ...(plan.mode !== 'rollback' && { begun: true }),
    verdict: 'not-proven',
    doubts: [],
    remaining: null,
  }));
}

/** A digest of what a job says about a store, apart from where it is. A proof holds only for a job that says the same. */
export function jobText({ format, ignore = [], withoutDataKey }: Store): string {
  return digest(Buffer.from(canonicalJson([format, [...ignore].sort(), withoutDataKey])));
}

/** What a proof says of its run and its store, whatever that run has found there. */
type About = Omit<StoreProof, 'remaining' | 'verdict' | 'doubts'>;

export function aboutStore(plan: ProvingRun, index: number, at: string): About {
  const { job, runId, mode, sources, destination, storeRegion, slots = [], stores } = plan;
  const keepsSource = plan.keepsSourceIn?.[index] ?? plan.keepsSource;
  const [restsOn] = plan.restsOn ?? [];
  const store = stores[index];
  if (store === undefined) throw new RangeError(`the plan of ${runId} has no store ${index}`);
  const [slot, part] = [slots[index], partOf(plan, index)];
  const ignored = store.ignore ?? [];
  const account = accountOf(store);
  const copiedFrom = copiedPlace(store, storeRegion);
  return {
    place: writtenPlace(store, storeRegion),
    ...(copiedFrom !== undefined && { copiedFrom }),
    ...(account !== undefined && { account }),
    ...(slot !== undefined && { slot }),
    ...(part !== undefined && { part }),
    ...(ignored.length > 0 && { ignored }),
    ...(store.withoutDataKey === 'expected' && { withoutDataKeyExpected: true }),
    jobText: jobText(store),
    job,
    runId,
    mode,
    at,
    sourceKeyArns: sources.flatMap(({ keyArn, alsoKnownAs }) => [keyArn, ...alsoKnownAs]),
    destinationKeyArn: destination.keyArn,
    keepsSource,
    ...(restsOn !== undefined && { restsOn }),
  };
}

function partOf({ stores, sample }: StoresOfRun, index: number): ProofPart | undefined {
  const store = stores[index];
  const words = store && narrowedTo(store, sample);
  if (store === undefined || words === undefined) return undefined;
  return { words, ...store.scope, ...(sample !== undefined && { sample }) };
}

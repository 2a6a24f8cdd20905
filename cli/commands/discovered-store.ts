import { callerTrouble } from '../../lambda/adapters/aws/caller-trouble.ts';
import type { CallerIdentity } from '../../lambda/adapters/aws/caller-identity.ts';
import { wordsForCaller } from '../../lambda/adapters/aws/failure.ts';
import type { Found, Look } from '../../lambda/core/discover/look.ts';
import { fullKeyReference } from '../../lambda/core/model/full-key-reference.ts';
import { catalogOf, kindOf, type StoreCatalogs } from '../../lambda/core/stores/registry.ts';
import type { CommandContext } from '../context/command-context.ts';
import type { Drafted } from './discovered-drafts.ts';
import { inspectionOf } from './inspect.ts';
import { targetOf } from './inspected-store.ts';

export interface LookedAt {
  readonly look: Look;
  readonly draft?: Drafted['job'];
}

interface Looking {
  /** Records to look at. */
  readonly sample: number;
  readonly catalogs: StoreCatalogs;
  readonly identity: CallerIdentity;
}

/** Looks at a sample of a store, and asks with which keys its service itself encrypts it. Either may be refused. */
export async function lookAt(store: Found, looking: Looking, context: CommandContext): Promise<LookedAt> {
  const serverSide = await serverSideIn(store, looking, context);
  const notLooked = (reason: string): LookedAt => ({
    look: { kind: 'not-looked', ...store, serverSide, reason },
  });
  const target = targetOf(store.type === 's3' ? `s3://${store.name}/` : store.name);
  if (target.kind === 'refused') return notLooked(target.words);
  try {
    const { job, sample: read, ...recognition } = await inspectionOf(target, looking.sample, context);
    const look: Look = { kind: 'looked', ...store, serverSide, complete: read.complete, recognition };
    return { look, ...(job !== null && { draft: job }) };
  } catch (error) {
    return notLooked(wordsOf(error, context));
  }
}

async function serverSideIn(
  { type, name, region }: Found,
  { catalogs, identity }: Looking,
  context: CommandContext,
): Promise<Look['serverSide']> {
  try {
    const seen = await kindOf({ type }).serverSideKeys({ type, name, region }, catalogOf(catalogs, { type }));
    if (seen.kind === 'unseen') return seen;
    return { kind: 'seen', value: seen.value.map(key => fullKeyReference(key, { ...identity, region })) };
  } catch (error) {
    return { kind: 'unseen', words: wordsOf(error, context) };
  }
}

/** Without credentials no store can be looked at. Anything else is about this one. */
function wordsOf(error: unknown, { caller }: CommandContext): string {
  if (callerTrouble(error, caller) !== undefined) throw error;
  return wordsForCaller(error, caller);
}

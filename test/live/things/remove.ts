import type { Clients } from '../world.ts';
import { wordsOfError } from '../waiting.ts';
import { remaining } from './entries.ts';
import type { Ledger } from './ledger.ts';
import { isDone, type Removal, type Removed } from './outcome.ts';
import { removeBucket } from './remove-bucket.ts';
import { removeKeys } from './remove-keys.ts';
import { removeStack } from './remove-stack.ts';
import { removeTable } from './remove-table.ts';
import { isNameOf, isSame, wordsOf, type Thing } from './thing.ts';

export interface Removing {
  readonly ledger: Ledger;
  readonly clientsIn: (region: string) => Clients;
  readonly say: (words: string) => void;
}

/** Removes all that the ledger names and that is still there, the last first. What a stack leaves behind comes into the ledger meanwhile. */
export async function removeAll(removing: Removing): Promise<readonly Removed[]> {
  const { ledger, say } = removing;
  const tried: Removed[] = [];
  for (;;) {
    const thing = remaining(ledger.entries).find(one => !tried.some(other => isSame(one, other.thing)));
    if (thing === undefined) return tried;
    const waitsFor = thing.kind === 'stack' ? tried.find(isStackThatStays) : undefined;
    const removal = waitsFor === undefined ? await remove(thing, removing) : waiting(waitsFor, ledger);
    tried.push({ thing, removal });
    // AWS may not show yet what it has just made: the next --clean looks again.
    if (isDone(removal) && removal.kind !== 'not-there') ledger.removed(thing);
    say(`${wordsOf(thing)}: ${removal.kind}`);
  }
}

function isStackThatStays({ thing, removal }: Removed): boolean {
  return thing.kind === 'stack' && !isDone(removal);
}

/** CloudFormation deletes a stack by a role of the bootstrap, which is an earlier stack and has to outlive it. */
function waiting({ thing }: Removed, { run }: Ledger): Removal {
  return {
    ...{ kind: 'failed', why: `the ${wordsOf(thing)} is still there and may need it` },
    command: cleaning(run.id),
  };
}

function cleaning(id: string): string {
  return `npm run test:live -- --clean ${id}`;
}

/** Keys are ours by their tag, all else by its name. */
async function remove(thing: Thing, removing: Removing): Promise<Removal> {
  const { kind, name, region } = thing;
  const { id } = removing.ledger.run;
  if (!isNameOf(id, name)) return { kind: 'not-ours', why: `its name is not one of the run ${id}` };
  const clients = removing.clientsIn(region);
  try {
    switch (kind) {
      case 'key':
      case 'replica':
        return await removeKeys(clients, { id, name });
      case 'table':
        return await removeTable(clients, name);
      case 'bucket':
        return await removeBucket(clients, name);
      case 'stack':
        return await removeStack(clients, removing.ledger, thing);
      case 'log-group':
        return {
          ...{ kind: 'stays', why: 'this test has no client of CloudWatch Logs' },
          command: `aws logs delete-log-group --log-group-name ${name} --region ${region}`,
        };
    }
  } catch (error) {
    return {
      ...{ kind: 'failed', why: wordsOfError(error) },
      command: cleaning(id),
    };
  }
}

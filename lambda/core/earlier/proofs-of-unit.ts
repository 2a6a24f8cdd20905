import type { OutcomeArchive } from '../journal/ports.ts';
import { Sample } from '../journal/sample.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Clock, KeyService, Ledger } from '../ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { DestinationKey } from './ask-destination.ts';
import { EarlierProofs } from './earlier-proofs.ts';
import { provenInEarlierRun } from './outcomes-of-runs.ts';

interface ProofPorts {
  readonly outcomes?: OutcomeArchive;
  readonly ledger: Pick<Ledger, 'lastCheckpoint'>;
  readonly keys: KeyService;
  readonly random: () => number;
  readonly clock: Clock;
}

/** What the run that this one rests on has proven in a unit, for one invocation; `undefined` if it rests on none. */
export function proofsOfUnit(
  scope: UnitScope,
  progress: UnitProgress,
  { outcomes: archive, ledger, keys, random, clock }: ProofPorts,
): EarlierProofs | undefined {
  const { plan } = scope;
  if (archive === undefined || plan.restsOn === undefined) return undefined;
  const contradicted = (progress.books.resting?.contradicted ?? 0) > 0;
  return new EarlierProofs({
    before: provenInEarlierRun(scope, progress, { archive, ledger }),
    key: plan.destination,
    destination: new DestinationKey(plan.destination, keys),
    sample: new Sample({ keys: plan, random, clock, contradicted }),
  });
}

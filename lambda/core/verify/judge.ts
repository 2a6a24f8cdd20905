import { askedAbout, type DestinationAnswer, type DestinationKey } from '../earlier/ask-destination.ts';
import { ciphertextOf } from '../earlier/asked-ciphertext.ts';
import { heard } from '../earlier/sample-answer.ts';
import type { Before } from '../journal/outcomes-before.ts';
import { materialOf, provenBefore } from '../journal/proven-before.ts';
import { contradictionOf, type Rests } from '../journal/resting.ts';
import type { Sample } from '../journal/sample.ts';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import { digest } from '../model/digest.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { askTwinsOnce } from '../reencrypt/twins.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { Turns } from '../scan/turns.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { verdictOf, type Verdict } from './verdict.ts';

export interface Judged extends Verdict {
  readonly found: Found;
  readonly rests: Rests;
}

interface Judges {
  readonly destination: DestinationKey;
  readonly known: ReadonlyMap<StoreRecord, Before>;
  readonly turns: Turns;
  readonly sample: Sample;
}

/** Findings that need no question, those that the journal proves, and those that there was time to ask about. */
export async function judge(
  found: readonly Found[],
  { plan }: UnitScope,
  judges: Judges,
): Promise<readonly Judged[]> {
  const { known } = judges;
  const said = await askAbout(found, plan, judges);
  return found.flatMap((one): readonly Judged[] => {
    const { finding, record } = one;
    const ciphertext = ciphertextOf(finding);
    const answer = said.answers.get(one);
    if (ciphertext !== undefined && answer === undefined) return [];
    const provenForeign =
      ciphertext !== undefined && known.get(record)?.foreign.has(digest(ciphertext)) === true;
    const verdict = verdictOf({ record, finding, keys: plan, provenForeign }, answer);
    const against = said.contradicted.get(one);
    return [
      {
        ...verdict,
        ...(against !== undefined && { outcome: contradictory(verdict.outcome, against) }),
        found: one,
        rests: restsOf(one, said),
      },
    ];
  });
}

interface Said {
  readonly answers: ReadonlyMap<Found, DestinationAnswer>;
  /** Those whose answer is that of the journal. */
  readonly resting: ReadonlyMap<Found, DataKeyProof>;
  readonly sampled: ReadonlySet<Found>;
  /** Those of the sample about which KMS says something else. */
  readonly contradicted: ReadonlyMap<Found, DataKeyProof>;
}

/** First asks about the sample, and about all that the journal does not prove; then about what it proves no longer. */
async function askAbout(found: readonly Found[], plan: RunPlan, judges: Judges): Promise<Said> {
  const { known, sample } = judges;
  const proofs = plan.askAll === true ? new Map<Found, DataKeyProof>() : proofsOf(found, plan, known);
  const sampled = sample.choose([...proofs.keys()]);
  const first = found.filter(one => isAskable(one) && (!proofs.has(one) || sampled.has(one)));
  const answers = new Map(await askAll(first, judges));
  for (const answer of answers.values())
    if (answer.kind === 're-encrypted') sample.notice(answer.destination);
  const contradicted = new Map([...proofs].filter(([one, proof]) => heard(sample, proof, answers.get(one))));
  const rest = [...proofs].filter(([one]) => !sampled.has(one));
  const resting = new Map(rest.filter(([, proof]) => sample.holds(proof)));
  const later = rest.flatMap(([one]) => (resting.has(one) ? [] : [one]));
  for (const [one, answer] of await askAll(later, judges)) answers.set(one, answer);
  for (const [one, proof] of resting) answers.set(one, asAnswered(proof, plan.destination));
  return { answers, resting, sampled, contradicted };
}

function isAskable({ finding }: Found): boolean {
  return ciphertextOf(finding) !== undefined;
}

function proofsOf(
  found: readonly Found[],
  { destination }: RunPlan,
  known: Judges['known'],
): ReadonlyMap<Found, DataKeyProof> {
  const proofs = new Map<Found, DataKeyProof>();
  for (const one of found) {
    const proof = provenBefore(one.finding, known.get(one.record), destination);
    if (proof !== undefined) proofs.set(one, proof);
  }
  return proofs;
}

async function askAll(
  all: readonly Found[],
  { destination, turns }: Judges,
): Promise<ReadonlyMap<Found, DestinationAnswer>> {
  return askTwinsOnce(all, ({ finding }) => askedAbout(finding), {
    ask: ({ finding }) => destination.ask(finding),
    turns,
  });
}

/** What KMS has answered then, for the same judgement as an answer of now. */
function asAnswered(proof: DataKeyProof, destination: PlannedKey): DestinationAnswer {
  const { encryptionAlgorithm } = destination;
  const material = materialOf(proof, destination);
  return {
    kind: 're-encrypted',
    ciphertext: new Uint8Array(),
    ...{ source: material, destination: material },
    ...{ sourceAlgorithm: encryptionAlgorithm, destinationAlgorithm: encryptionAlgorithm },
    requestIds: proof.kmsRequestIds,
  };
}

function restsOf(one: Found, { resting, sampled, contradicted }: Said): Rests {
  const proof = resting.get(one);
  return {
    sampled: sampled.has(one),
    contradicted: contradicted.has(one),
    ...(proof !== undefined && { proof }),
  };
}

function contradictory(outcome: Outcome, { kmsRequestIds }: DataKeyProof): Outcome {
  if (!('reason' in outcome)) return outcome;
  return { ...outcome, reason: `${outcome.reason}; ${contradictionOf(kmsRequestIds)}` };
}

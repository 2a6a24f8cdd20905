import type { Violation } from '../violations.ts';
import { conditionText, type Condition } from './director.ts';
import { perform, type Disturbance } from './perform.ts';
import { STORIES } from './stories.ts';

/** One telling of a story; `story` is its index in the list. */
interface Telling {
  readonly story: number;
  readonly disturbance?: Disturbance;
}

/** What the unchanged product was seen to depend on in one telling. */
export interface Told {
  readonly telling: Telling;
  /** The request that somebody else was faster than. */
  readonly request?: string;
  readonly conditions: readonly Condition[];
  readonly violations: readonly Violation[];
}

/** A planted bug: the product sends every request of a kind without one of its conditions. */
export interface ConditionBug {
  readonly condition: Condition;
  /** Tellings in which such a request was seen, the ones most likely to show the bug first. */
  readonly tellings: readonly Telling[];
}

/** How many tellings are tried until a bug shows. If a bug has no effect by design, a few tellings show that it has none. */
const TRIES = { real: 30, idle: 3 } as const;

/** Tells a story undisturbed, and then once for each thing that somebody can do at each of its moments. */
export async function tellAll(story: number): Promise<readonly Told[]> {
  const plain = await perform(STORIES[story]!);
  const tellings = plain.moments.flatMap(({ nth, request }) =>
    (plain.acts[nth] ?? []).map(act => ({ request, telling: { story, disturbance: { nth, act } } })),
  );
  const told: Told[] = [{ telling: { story }, ...seenIn(plain) }];
  for (const { request, telling } of tellings)
    told.push({ telling, request, ...seenIn(await perform(STORIES[story]!, telling)) });
  return told;
}

function seenIn({
  conditions,
  findings,
}: Awaited<ReturnType<typeof perform>>): Pick<Told, 'conditions' | 'violations'> {
  return { conditions, violations: findings.violations };
}

/** Makes one bug for each condition that was seen in any telling. */
export function conditionBugs(told: readonly Told[]): readonly ConditionBug[] {
  const conditions = new Map(told.flatMap(one => one.conditions).map(one => [conditionText(one), one]));
  return [...conditions].map(([text, condition]) => {
    const seen = told.filter(one => one.conditions.some(other => conditionText(other) === text));
    const likely = seen.filter(({ request }) => request === condition.request);
    const tellings = [...likely, ...seen.filter(one => !likely.includes(one))].map(({ telling }) => telling);
    const tries = WITHOUT_EFFECT[text] === undefined ? TRIES.real : TRIES.idle;
    return { condition, tellings: tellings.slice(0, tries) };
  });
}

/** Returns the first violation that shows a bug. */
export async function playCondition({ condition, tellings }: ConditionBug): Promise<Violation | undefined> {
  for (const { story, disturbance } of tellings) {
    const given = disturbance === undefined ? {} : { disturbance };
    const { findings } = await perform(STORIES[story]!, { ...given, bug: { drops: condition } });
    if (findings.violations[0] !== undefined) return findings.violations[0];
  }
  return undefined;
}

const UNIQUE =
  'the name of a journal object holds a random UUID: what lies there is the same object, put again because its answer got lost';
const TWO_NEVER_HOLD =
  'a copy that must have no effect has two conditions that never hold, and one of them is enough; without all of them it is caught';
const SEEN_AT_THE_END =
  'an object that was stored again is seen before its copy is completed; the condition saves the rest of its parts';

/**
 * Conditions whose loss, by design, changes nothing that anybody could see, and why. The suite fails if a listed one is
 * caught after all, or if one that is not listed is missed.
 */
export const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'migrate, PutObject in journal/intents: if-none-match': UNIQUE,
  'migrate, PutObject in journal/outcomes: if-none-match': UNIQUE,
  'rollback, PutObject in journal/intents: if-none-match': UNIQUE,
  'rollback, PutObject in journal/outcomes: if-none-match': UNIQUE,
  'migrate, UploadPartCopy in documents: x-amz-copy-source-if-match': SEEN_AT_THE_END,
  'migrate, UploadPartCopy in copies: x-amz-copy-source-if-match': SEEN_AT_THE_END,
  'ask elsewhere, CopyObject in documents: if-match': TWO_NEVER_HOLD,
  'ask elsewhere, CopyObject in documents: x-amz-copy-source-if-match': TWO_NEVER_HOLD,
  'ask elsewhere, CopyObject in documents: x-amz-copy-source-if-unmodified-since':
    'S3 does not look at it beside x-amz-copy-source-if-match (API reference, CopyObject)',
  'ask elsewhere, CopyObject in copies: if-none-match': TWO_NEVER_HOLD,
};

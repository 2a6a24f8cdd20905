import { randomBytes } from 'node:crypto';
import { QUESTIONS_ALONE, WITH_PRODUCT } from './bounds.ts';
import { Meter } from './cost/meter.ts';
import { reckon, reckoningText, spent, type Bounds } from './cost/reckon.ts';
import type { Asked, Target } from './options.ts';
import { accountProblem } from './account.ts';
import { playProduct, type Step } from './product/product.ts';
import { askAll, type Answered } from './questions/asking.ts';
import { makeFixtures } from './questions/fixtures.ts';
import type { Question } from './questions/question.ts';
import { Ledger } from './things/ledger.ts';
import type { Removed } from './things/outcome.ts';
import { removeAll } from './things/remove.ts';
import { wordsOfError } from './waiting.ts';
import { clientsOf, destroy, type Clients, type Place } from './world.ts';

export type LiveRun = Extract<Asked, { readonly kind: 'live' }>;
export type Cleaning = Extract<Asked, { readonly kind: 'clean' }>;

/** Where ledgers are, what is asked, and whom to tell. */
export interface Around {
  readonly ledgers: string;
  readonly questions: readonly Question[];
  readonly say: (words: string) => void;
  readonly signal: AbortSignal;
}

export interface Found {
  readonly kind: 'done';
  readonly id: string;
  readonly answered: readonly Answered[];
  readonly steps: readonly Step[];
  readonly removed: readonly Removed[];
  readonly requests: Meter['counts'];
  readonly operations: Meter['operations'];
  readonly began: string;
  readonly dollars: number;
  /** Why it ended before its end; absent if it did not. */
  readonly broken?: string;
}

export type Result = Found | { readonly kind: 'refused'; readonly why: string };

export async function liveRun(asked: LiveRun, around: Around): Promise<Result> {
  const bounds = asked.product ? WITH_PRODUCT : QUESTIONS_ALONE;
  const reckoning = reckon(bounds);
  around.say(reckoningText(reckoning));
  if (reckoning.dollars > asked.dollars)
    return refused(`that is more than --at-most ${asked.dollars}: nothing was made`);
  return withClients(asked, bounds, async (meter, clientsIn) => {
    const problem = await accountProblem(clientsIn(asked.region).sts, asked.account);
    if (problem !== undefined) return refused(problem);
    const { account, region, secondRegion } = asked;
    const id = randomBytes(5).toString('hex');
    const began = new Date().toISOString();
    const ledger = Ledger.begin(around.ledgers, { id, account, region, secondRegion });
    around.say(
      `The run ${id} begins. If it is killed: npm run test:live -- --account ${account} --clean ${id}`,
    );
    const played = await play({ asked, around, ledger, meter, clientsIn });
    meter.unlimited();
    const removed = await removeAll({ ledger, clientsIn, say: around.say });
    return { kind: 'done', id, began, removed, ...told(meter), ...played };
  });
}

/** Removes what a run has left. */
export async function clean(asked: Cleaning, { ledgers, say }: Around): Promise<Result> {
  const ledger = Ledger.open(ledgers, asked.id);
  const { account } = ledger.run;
  if (account !== asked.account) return refused(`the run ${asked.id} was in the account ${account}`);
  return withClients(asked, undefined, async (meter, clientsIn) => {
    const problem = await accountProblem(clientsIn(ledger.run.region).sts, asked.account);
    if (problem !== undefined) return refused(problem);
    const removed = await removeAll({ ledger, clientsIn, say });
    const began = new Date().toISOString();
    return { kind: 'done', id: asked.id, began, answered: [], steps: [], removed, ...told(meter) };
  });
}

function told(meter: Meter): Pick<Found, 'requests' | 'operations' | 'dollars'> {
  const { counts: requests, operations } = meter;
  return { requests, operations, dollars: spent(requests) };
}

interface Playing {
  readonly asked: LiveRun;
  readonly around: Around;
  readonly ledger: Ledger;
  readonly meter: Meter;
  readonly clientsIn: (region: string) => Clients;
}

/** Whatever breaks it, what was found until then counts, and removing comes next. */
async function play({
  asked,
  around: { questions, say, signal },
  ledger,
  meter,
  clientsIn,
}: Playing): Promise<Pick<Found, 'answered' | 'steps' | 'broken'>> {
  const answered: Answered[] = [];
  const steps: Step[] = [];
  try {
    const making = { ledger, signal };
    const [here, there] = [clientsIn(asked.region), clientsIn(asked.secondRegion)];
    const as: Parameters<typeof makeFixtures>[0]['as'] = credentials => ({
      here: clientsOf(asked.region, { ...placeOf(asked, meter), credentials }),
      there: clientsOf(asked.secondRegion, { ...placeOf(asked, meter), credentials }),
    });
    const fixtures = await makeFixtures({ here, there, making, as });
    await askAll(questions, fixtures, one => {
      answered.push(one);
      say(`${one.id}: ${one.kind === 'answered' ? one.answer : one.error} (${soFar(meter)})`);
    });
    if (asked.product) {
      const toldOf = (step: Step): void => {
        steps.push(step);
        say(`${step.step}: ${step.wrong.length === 0 ? 'as it should be' : step.wrong.join('; ')}`);
      };
      const { first: from, second: to } = fixtures;
      await playProduct({ clients: here, making, from, to, told: toldOf, ...endpointOf(asked) });
    }
    return { answered, steps };
  } catch (error) {
    return { answered, steps, broken: brokenBy(error, signal) };
  }
}

function soFar({ counts }: Meter): string {
  const requests = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return `${requests} requests so far, $${spent(counts).toFixed(4)}`;
}

function brokenBy(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it was interrupted';
  return wordsOfError(error);
}

async function withClients(
  target: Target,
  bounds: Bounds | undefined,
  work: (meter: Meter, clientsIn: (region: string) => Clients) => Promise<Result>,
): Promise<Result> {
  const meter = new Meter(bounds?.requests);
  const made = new Map<string, Clients>();
  const clientsIn = (region: string): Clients => {
    const known = made.get(region) ?? clientsOf(region, placeOf(target, meter));
    made.set(region, known);
    return known;
  };
  try {
    return await work(meter, clientsIn);
  } finally {
    for (const clients of made.values()) destroy(clients);
  }
}

function placeOf(target: Target, meter: Meter): Place {
  return { meter, ...endpointOf(target) };
}

function endpointOf({ endpoint }: Target): { readonly endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}

function refused(why: string): Result {
  return { kind: 'refused', why };
}

import type { Injection } from '../../../emulator/faults.ts';
import type { AwsResponse, RawRequest } from '../../../emulator/protocol/request.ts';
import { isProduct, JOURNAL, LEDGER } from '../weather.ts';
import type { Call, Departure, Hooks } from '../wire.ts';
import { conditionsOf, without } from './conditions.ts';

/** A condition of one kind of request. */
export interface Condition {
  /** What the product was doing. */
  readonly stage: string;
  /** The operation and its target. */
  readonly request: string;
  readonly condition: string;
}

/** A request of the product that depends on a condition: at this moment somebody else may be faster. */
export interface Moment {
  /** The request's number among those with conditions. */
  readonly nth: number;
  readonly request: string;
  readonly departure: Departure;
}

/** What happens at a moment: somebody acts before the request takes effect, or its answer gets lost after it did. */
export type Act = 'its answer gets lost' | (() => Promise<void>);

/** What a planted bug does on the wire. */
export interface WireBug {
  /** The condition that every request of its kind is sent without. */
  readonly drops?: Condition;
  /** Replaces an answer with the one it is mistaken for. */
  readonly understands?: (answer: AwsResponse, departure: Departure) => AwsResponse;
}

/** Sees writes to stores, before and after they took effect. */
export interface Observer {
  before(departure: Departure): Promise<void>;
  after(call: Call): Promise<void>;
}

/** Lets somebody act at one moment of a run, and records which conditions all requests of the product depend on. */
export class Director implements Hooks {
  readonly conditions = new Map<string, Condition>();
  readonly moments: Moment[] = [];
  /** What the product is doing. */
  stage: string | undefined;
  interrupting = false;
  /** Which requests the story is about. */
  about: (departure: Departure) => boolean = () => true;
  /** Asked at each moment what happens then. */
  onMoment: (moment: Moment) => Act | undefined = () => undefined;
  /** Faults of AWS, at any stage. */
  faults: (departure: Departure) => Injection | undefined = () => undefined;
  readonly #bug: WireBug;
  readonly #observers: readonly Observer[];
  readonly #onCall: (call: Call) => void;
  #unanswered: Departure | undefined;

  constructor(bug: WireBug, observers: readonly Observer[], onCall: (call: Call) => void) {
    this.#bug = bug;
    this.#observers = observers;
    this.#onCall = onCall;
  }

  leaving(): number {
    return 0;
  }

  /** Records the conditions of the request as the product sends it, even if a bug then changes the request. */
  sent(request: RawRequest, departure: Departure): RawRequest {
    if (!this.#counts(departure)) return request;
    const { drops } = this.#bug;
    const kind = { stage: stageOf(departure, this.stage), request: requestOf(departure) };
    const conditions = conditionsOf(request, departure).map(condition => ({ ...kind, condition }));
    for (const one of conditions) this.conditions.set(conditionText(one), one);
    const dropped = drops && conditions.find(one => conditionText(one) === conditionText(drops));
    return dropped === undefined ? request : without(request, departure, dropped.condition);
  }

  async arriving(departure: Departure, request: RawRequest): Promise<void> {
    if (!isProduct(departure)) return;
    if (this.interrupting && this.#counts(departure) && conditionsOf(request, departure).length > 0) {
      const moment = { nth: this.moments.length, request: requestOf(departure), departure };
      this.moments.push(moment);
      await this.#interrupt(this.onMoment(moment), departure);
    }
    for (const observer of this.#observers) await observer.before(departure);
  }

  inject(departure: Departure): Injection | undefined {
    return departure === this.#unanswered ? { kind: 'lost-response' } : this.faults(departure);
  }

  understood(answer: AwsResponse, departure: Departure): AwsResponse {
    return (isProduct(departure) && this.#bug.understands?.(answer, departure)) || answer;
  }

  handled(call: Call): void {
    this.#onCall(call);
  }

  async served(call: Call): Promise<void> {
    if (isProduct(call)) for (const observer of this.#observers) await observer.after(call);
  }

  #counts(departure: Departure): boolean {
    return isProduct(departure) && this.stage !== undefined && this.about(departure);
  }

  async #interrupt(act: Act | undefined, departure: Departure): Promise<void> {
    if (act === 'its answer gets lost') this.#unanswered = departure;
    else await act?.();
  }
}

export function conditionText({ stage, request, condition }: Condition): string {
  return `${stage}, ${request}: ${condition}`;
}

/** Items that do not belong to one unit are changed in the same way at every stage. */
function stageOf(departure: Departure, stage = ''): string {
  return [CONTROL, SHARE].some(item => requestOf(departure).endsWith(item)) ? 'any stage' : stage;
}

const CONTROL = 'the control item';
const SHARE = 'a share';

/** What a request does, in a few words. Similar requests get the same words. */
function requestOf({ operation, target, body }: Departure): string {
  if (target === LEDGER) return `${operation} of ${ledgerItem(body)}`;
  const [store = '', folder = ''] = target.split('/');
  return `${operation} in ${store === JOURNAL ? `${store}/${folder}` : store}`;
}

function ledgerItem(body: Buffer): string {
  const { Key } = JSON.parse(body.toString('utf8')) as {
    readonly Key?: { readonly run: { readonly S: string }; readonly item: { readonly S: string } };
  };
  if (Key?.run.S === 'LOCKS') return 'a lock';
  if (Key?.run.S.startsWith('KMS#') === true) return SHARE;
  if (Key?.item.S === 'CONTROL') return CONTROL;
  return body.includes('SET progress') ? 'a checkpoint' : 'the ledger';
}

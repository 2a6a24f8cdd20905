import type { KmsEvent } from '../key-users/kms-event.ts';

/** A ReEncrypt of a run, as its trail has it. */
export interface CallOfRun {
  readonly eventId: string;
  readonly requestId?: string;
  /** ISO 8601. */
  readonly at: string;
  /** The ARN of the role. */
  readonly role: string;
  readonly source?: string;
  readonly destination?: string;
  readonly errorCode?: string;
  /** A proof in the journal of the run rests on it. */
  readonly inJournal: boolean;
}

interface AboutRun {
  /** Request ids of KMS in the proofs of the run's outcomes. */
  readonly requestIds: ReadonlySet<string>;
  /** ARNs of the roles that re-wrap for the deployment. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * The calls of one run among the events of a trail: those that its journal names by their request ids, and whatever else a role of
 * the deployment has re-encrypted while it ran, which may be of another run. Encryption contexts are left out.
 */
export class CallsOfRun {
  readonly #about: AboutRun;
  readonly #calls = new Map<string, CallOfRun>();
  readonly #found = new Set<string>();

  constructor(about: AboutRun) {
    this.#about = about;
  }

  /** CloudTrail may deliver an event twice. It counts once. */
  add(event: KmsEvent): void {
    const { eventId, requestId, at, caller, keys, errorCode } = event;
    const source = keys.find(({ action }) => action === 'ReEncryptFrom')?.reference;
    const destination = keys.find(({ action }) => action === 'ReEncryptTo')?.reference;
    if (source === undefined && destination === undefined) return;
    const inJournal = requestId !== undefined && this.#about.requestIds.has(requestId);
    if (!inJournal && !this.#isOfItsTime(at, caller.principal)) return;
    if (inJournal) this.#found.add(requestId);
    this.#calls.set(eventId, {
      eventId,
      ...(requestId !== undefined && { requestId }),
      ...{ at: new Date(at).toISOString(), role: caller.principal },
      ...(source !== undefined && { source }),
      ...(destination !== undefined && { destination }),
      ...(errorCode !== undefined && { errorCode }),
      inJournal,
    });
  }

  calls(): readonly CallOfRun[] {
    return [...this.#calls.values()];
  }

  /** Of the request ids in the journal, how many have an event. */
  get found(): number {
    return this.#found.size;
  }

  /** Events have whole seconds. */
  #isOfItsTime(at: number, principal: string): boolean {
    const { startedAt, endedAt, roles } = this.#about;
    return roles.includes(withoutPath(principal)) && at >= startedAt - 1_000 && at <= endedAt;
  }
}

function withoutPath(roleArn: string): string {
  return roleArn.replace(/:role\/.*\//, ':role/');
}

/** The request ids that the proofs of outcomes name: what CloudTrail knows the calls by. */
export function requestIdsIn(outcomes: string): readonly string[] {
  return outcomes.split('\n').flatMap(line => {
    try {
      const { proof } = JSON.parse(line) as { readonly proof?: { readonly kmsRequestIds?: unknown } };
      const ids = proof?.kmsRequestIds;
      return Array.isArray(ids) ? ids.filter(one => typeof one === 'string') : [];
    } catch {
      return [];
    }
  });
}

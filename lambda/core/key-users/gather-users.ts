import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import { keyMeant, type AskedKey } from './asked-key.ts';
import type { EventCaller, EventKey, KmsEvent } from './kms-event.ts';
import type { ActionUse, KeyUser, KeyUsers, RefusedCaller } from './key-user.ts';
import { isDryRun, needsKey } from './refusal.ts';

/** Of each kind of hint, so many tell enough. */
const MOST_HINTS = 5;
const MOST_NAMES = 50;
const MOST_CONTEXTS = 100;

interface Counted {
  calls: number;
  first: number;
  last: number;
}

interface User {
  readonly caller: EventCaller;
  readonly uses: Map<string, Counted & { readonly failed: Map<string, number> }>;
  readonly names: Set<string>;
  readonly contexts: Map<string, EncryptionContext>;
  readonly materials: Set<string>;
  readonly sessions: Set<string>;
  readonly userAgents: Set<string>;
  readonly addresses: Set<string>;
}

type Refused = Counted & Pick<RefusedCaller, 'principal' | 'via' | 'action' | 'errorCode'>;

/** Puts together who uses a key, event by event. Memory grows with the number of users, and by an id with each call. */
export class UsersOfKey {
  readonly #asked: AskedKey;
  readonly #withValues: boolean;
  readonly #seen = new Set<string>();
  readonly #users = new Map<string, User>();
  readonly #refused = new Map<string, Refused>();
  readonly #replicas = new Map<string, Counted>();

  /** @param withValues whether whole encryption contexts are kept, and not their names alone */
  constructor(asked: AskedKey, { withValues = false }: { readonly withValues?: boolean } = {}) {
    this.#asked = asked;
    this.#withValues = withValues;
  }

  /** CloudTrail may deliver an event twice. It counts once. */
  add(event: KmsEvent): void {
    if (isDryRun(event.errorCode)) return;
    const meant = event.keys.map(key => ({ key, which: keyMeant(this.#asked, key.reference, event) }));
    if (meant.every(({ which }) => which === 'another') || this.#isKnown(event)) return;
    for (const { key, which } of meant) {
      if (which === 'this') this.#addUse(key, event);
      if (which === 'replica') count(this.#replicas, key.reference, event.at, {});
    }
  }

  /** Whether a call with the key has this id. */
  hasEvent(eventId: string): boolean {
    return this.#seen.has(eventId);
  }

  gathered(): KeyUsers {
    const users = [...this.#users.values()].map(user => userOf(user, this.#withValues));
    return {
      users: users.sort((a, b) => (lastUse(a) < lastUse(b) ? 1 : -1)),
      refused: [...this.#refused.values()].map(({ first: _, last, ...refused }) => ({
        ...refused,
        lastAt: iso(last),
      })),
      replicas: [...this.#replicas].map(([keyArn, { calls, last }]) => ({
        keyArn,
        calls,
        lastAt: iso(last),
      })),
    };
  }

  #isKnown({ eventId, sharedEventId }: KmsEvent): boolean {
    const ids = sharedEventId === undefined ? [eventId] : [eventId, sharedEventId];
    const known = ids.some(id => this.#seen.has(id));
    for (const id of ids) this.#seen.add(id);
    return known;
  }

  #addUse({ action, context, keyMaterialId }: EventKey, { caller, at, errorCode }: KmsEvent): void {
    const { principal, via } = caller;
    if (errorCode !== undefined && !needsKey(errorCode)) {
      const refused = { principal, ...(via !== undefined && { via }), action, errorCode };
      count(this.#refused, JSON.stringify(refused), at, refused);
      return;
    }
    const name = JSON.stringify([principal, via]);
    const user = this.#users.get(name) ?? newUser(caller);
    this.#users.set(name, user);
    const use = count(user.uses, action, at, { failed: new Map<string, number>() });
    if (errorCode !== undefined) use.failed.set(errorCode, (use.failed.get(errorCode) ?? 0) + 1);
    for (const one of Object.keys(context)) hint(user.names, one, MOST_NAMES);
    if (this.#withValues && user.contexts.size < MOST_CONTEXTS)
      user.contexts.set(canonicalContext(context), context);
    hint(user.materials, keyMaterialId, MOST_NAMES);
    hint(user.sessions, caller.session);
    hint(user.userAgents, caller.userAgent);
    hint(user.addresses, caller.address);
  }
}

/** When a user has used the key last, ISO 8601. */
function lastUse({ uses }: KeyUser): string {
  return uses.map(({ lastAt }) => lastAt).reduce((last, one) => (one > last ? one : last), '');
}

function count<More extends object>(
  all: Map<string, Counted & More>,
  name: string,
  at: number,
  more: More,
): Counted & More {
  const counted = all.get(name) ?? { ...more, calls: 0, first: at, last: at };
  counted.calls++;
  counted.first = Math.min(counted.first, at);
  counted.last = Math.max(counted.last, at);
  all.set(name, counted);
  return counted;
}

function hint(all: Set<string>, one: string | undefined, most = MOST_HINTS): void {
  if (one !== undefined && all.size < most) all.add(one);
}

function newUser(caller: EventCaller): User {
  return {
    ...{ caller, uses: new Map(), contexts: new Map(), names: new Set(), materials: new Set() },
    ...{ sessions: new Set(), userAgents: new Set(), addresses: new Set() },
  };
}

function userOf({ caller, uses, ...user }: User, withValues: boolean): KeyUser {
  const { principal, via } = caller;
  return {
    ...{ principal, ...(via !== undefined && { via }) },
    uses: [...uses].map(([action, use]) => useOf(action, use)).sort((a, b) => (a.action < b.action ? -1 : 1)),
    contextNames: [...user.names].sort(),
    ...(withValues && { contexts: [...user.contexts.values()] }),
    keyMaterialIds: [...user.materials],
    ...{ sessions: [...user.sessions], userAgents: [...user.userAgents], addresses: [...user.addresses] },
  };
}

function useOf(
  action: string,
  { calls, first, last, failed }: Counted & { failed: Map<string, number> },
): ActionUse {
  return {
    ...{ action, calls, firstAt: iso(first), lastAt: iso(last) },
    ...(failed.size > 0 && { failed: Object.fromEntries(failed) }),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

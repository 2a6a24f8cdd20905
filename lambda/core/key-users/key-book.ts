import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { EventCaller, EventKey, KmsEvent } from './kms-event.ts';
import type { ActionUse, KeyUser, RefusedCaller } from './key-user.ts';
import { needsKey } from './refusal.ts';

/** Of each kind of hint, so many tell enough. */
const MOST_HINTS = 5;
const MOST_NAMES = 50;
const MOST_CONTEXTS = 100;

export interface Counted {
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

/** Who has used one key, and whose calls with it have failed. Memory grows with the number of users. */
export class KeyBook {
  readonly #withValues: boolean;
  readonly #users = new Map<string, User>();
  readonly #refused = new Map<string, Refused>();

  /** @param withValues whether whole encryption contexts are kept, and not their names alone */
  constructor(withValues: boolean) {
    this.#withValues = withValues;
  }

  add({ action, context, keyMaterialId }: EventKey, { caller, at, errorCode }: KmsEvent): void {
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

  /** Those that have used it latest first. */
  users(): readonly KeyUser[] {
    const users = [...this.#users.values()].map(user => userOf(user, this.#withValues));
    return users.sort((a, b) => (lastUse(a) < lastUse(b) ? 1 : -1));
  }

  refused(): readonly RefusedCaller[] {
    return [...this.#refused.values()].map(({ first: _, last, ...refused }) => ({
      ...refused,
      lastAt: iso(last),
    }));
  }
}

/** When a user has used the key last, ISO 8601. */
function lastUse({ uses }: KeyUser): string {
  return uses.map(({ lastAt }) => lastAt).reduce((last, one) => (one > last ? one : last), '');
}

export function count<More extends object>(
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

export function iso(time: number): string {
  return new Date(time).toISOString();
}

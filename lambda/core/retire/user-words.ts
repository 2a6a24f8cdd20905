import type { ActionUse } from '../key-users/key-user.ts';
import { makesCiphertexts, opensCiphertexts } from '../key-users/purpose.ts';
import { serviceOf } from '../key-users/service-of.ts';
import type { CoveredUser } from './covered-users.ts';

const MOST_NAMES = 6;

/** What somebody does with the key: `Decrypt 17 times, last at TIME, under contexts of tenant`. */
export function usesWords(uses: readonly ActionUse[], contextNames: readonly string[]): string {
  const words = uses.map(({ action, calls, lastAt, failed }) => {
    const errors = failed === undefined ? '' : ` (failed: ${Object.keys(failed).join(', ')})`;
    return `${action} ${times(calls)}${errors}, last at ${lastAt}`;
  });
  const names = listed(contextNames);
  return `${words.join('; ')}${names === '' ? '' : `; encryption contexts name ${names}`}`;
}

/** What to do about a user whose use no proof answers for. */
export function cureFor({ since, ...user }: Extract<CoveredUser, { covered: false }>): string {
  const service = serviceOf(user);
  if (service !== undefined)
    return `it is server-side encryption by ${service}, which no run moves: give that table, bucket or other resource another key, and write again what it holds`;
  const makes = since.some(({ action }) => makesCiphertexts(action));
  const opens = since.some(({ action }) => opensCiphertexts(action));
  const reads = 'find out which data keys it reads: a store that no job names, a copy, or a cache';
  if (makes && opens) return `let it write under another key; ${reads}; then verify again`;
  if (makes) return 'let it write under another key, then migrate and verify again';
  if (opens) return `${reads}; then verify again`;
  return 'no job moves what this action is for: find out what needs it';
}

/** Who it is, with what helps to find it. */
export function userName({ principal, via }: Pick<CoveredUser, 'principal' | 'via'>): string {
  return via === undefined ? principal : `${principal} through ${via}`;
}

export function sessionWords({ sessions, userAgents }: Pick<CoveredUser, 'sessions' | 'userAgents'>): string {
  const [session, agent] = [listed(sessions.slice(0, 2)), userAgents[0]];
  return [
    ...(session === '' ? [] : [`session ${session}`]),
    ...(agent === undefined ? [] : [agent.slice(0, 60)]),
  ].join(', ');
}

export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function times(calls: number): string {
  return calls === 1 ? 'once' : `${calls.toLocaleString('en-US')} times`;
}

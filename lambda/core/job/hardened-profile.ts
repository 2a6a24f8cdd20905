import type { Problem } from '../model/problem.ts';

/** Settings as somebody has written them, before they are validated. */
type Written = Readonly<Record<string, unknown>>;

/**
 * The profile `hardened` says what a setting is that is left out: a key of the deployment's own, and a journal under Object Lock
 * wherever it is said how long it is kept. That alone stays a decision: it depends on the oldest backup.
 */
export function withProfile(input: unknown): unknown {
  if (!isHardened(input)) return input;
  const locked = input['journalRetentionDays'] === undefined ? {} : { journalObjectLock: 'governance' };
  return { customerManagedKey: true, ...locked, ...input };
}

/** Settings that a hardened deployment cannot have: who wants them does not want the profile. */
export function profileProblems(input: unknown): readonly Problem[] {
  if (!isHardened(input)) return [];
  const { customerManagedKey, allowPlaintextRoute } = input;
  return [
    ...(customerManagedKey === false
      ? [
          {
            path: 'customerManagedKey',
            value: false,
            words: `contradicts ${HARDENED}; leave it out, or name a key`,
          },
        ]
      : []),
    ...(allowPlaintextRoute === true
      ? [
          {
            path: 'allowPlaintextRoute',
            value: true,
            words: `contradicts ${HARDENED}; give jobs of that route a deployment of their own, without the profile`,
          },
        ]
      : []),
  ];
}

const HARDENED = '"profile": "hardened"';

function isHardened(input: unknown): input is Written {
  return typeof input === 'object' && input !== null && (input as Written)['profile'] === 'hardened';
}

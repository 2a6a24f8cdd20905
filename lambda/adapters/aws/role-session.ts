import type { AssumedRole } from '../../core/model/job.ts';

/** As whom a role is assumed, and for what. */
export interface RoleSession {
  /** What CloudTrail of the other account shows: the run. */
  readonly name: string;
  /** `read`: the session may not do more, whatever the role may. */
  readonly access: 'read' | 'write';
}

export interface Assuming {
  readonly role: AssumedRole;
  readonly session: RoleSession;
}

/** Of people who look at something without a run. */
export const LOOKING: RoleSession = { name: 'kms-rewrap', access: 'read' };

/** STS API reference, AssumeRole, RoleSessionName: 2 to 64 of these characters. */
export function sessionName(runId: string): string {
  return runId
    .replaceAll(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}

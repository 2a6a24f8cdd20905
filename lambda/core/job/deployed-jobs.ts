import type { Job } from '../model/job.ts';

/** Where a stack's template carries its jobs, so that what is deployed can be read and compared. */
export const JOBS_METADATA = 'KmsRewrapJobs';

/**
 * The jobs as one string for a template's metadata. A string cannot be mistaken for an intrinsic function. It is ASCII,
 * because GetTemplate shows every other character as `?` (aws-cloudformation/cloudformation-coverage-roadmap#1220).
 */
export function jobsText(jobs: readonly Job[]): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(jobs).replace(/[^\x20-\x7e]/g, escaped);
}

/** What a template's metadata carries; `undefined` where an earlier version has written the template. */
export function jobsInText(text: unknown): readonly Job[] | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as readonly Job[]) : undefined;
}

import { foreignAliases } from '../../lambda/core/job/foreign-aliases.ts';
import { ownAccountRoles } from '../../lambda/core/job/own-account-roles.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { JobsRefused } from './jobs-refused.ts';

/** At synth the account is known: what validation could not see is refused before it is deployed. */
export function refuseByAccount(jobs: readonly Job[], account: string): void {
  const lines = jobs.flatMap(job =>
    [...foreignAliases(job, account), ...ownAccountRoles(job, account)].map(
      problem => `job ${job.name}: ${formatProblem(problem)}`,
    ),
  );
  if (lines.length > 0) throw new JobsRefused(lines.join('\n'));
}

/** The id under which a follower journals that goes on with a migration. */
export function followRunId(runId: string): string {
  return `${runId}-follow`;
}

/** A folder of jobs cannot be deployed: one line for each problem, naming file, path, value and cure. */
export class JobsRefused extends Error {
  override readonly name = 'JobsRefused';
  readonly code = 'jobs.refused';
}

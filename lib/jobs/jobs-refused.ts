/** The jobs or the settings of a deployment are wrong: one line for each problem, naming file, path, value and cure. */
export class JobsRefused extends Error {
  override readonly name = 'JobsRefused';
  /** What a script may look at: always the same. */
  readonly code = 'jobs.refused';
}

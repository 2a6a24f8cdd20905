/** What the user may specify for a run, besides its job. */
export interface InputOptions {
  readonly mode: string;
  readonly dryRun?: boolean;
  readonly sample?: number;
  readonly fromStart?: boolean;
  readonly askAll?: boolean;
  readonly grantToken?: readonly string[];
  readonly kmsRequestsPerSecond?: number;
  readonly maxConcurrency?: number;
}

/** The execution input (docs/design.md, Execution input); the service validates it. */
export function runInput(job: string, options: InputOptions): object {
  const { mode, dryRun, sample, fromStart, askAll } = options;
  const { grantToken, kmsRequestsPerSecond, maxConcurrency } = options;
  const limits = {
    ...(kmsRequestsPerSecond !== undefined && { kmsRequestsPerSecond }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
  };
  return {
    job,
    mode,
    ...(dryRun === true && { dryRun }),
    ...(sample !== undefined && { sample }),
    ...(fromStart === true && { fromStart }),
    ...(askAll === true && { askAll }),
    ...(grantToken !== undefined && { grantTokens: grantToken }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

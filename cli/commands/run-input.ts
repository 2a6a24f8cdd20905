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
  readonly readCapacityPerSecond?: number;
  readonly writeCapacityPerSecond?: number;
}

/** The execution input (docs/design.md, Execution input); the service validates it. */
export function runInput(job: string, options: InputOptions): object {
  const { mode, dryRun, sample, fromStart, askAll, grantToken } = options;
  const limits = limitsOf(options);
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

/** The same as words of the command line; the mode is named beside them. */
export function optionWords(options: InputOptions): readonly string[] {
  const { dryRun, sample, fromStart, askAll, grantToken } = options;
  return [
    ...(dryRun === true ? ['--dry-run'] : []),
    ...(sample === undefined ? [] : ['--sample', String(sample)]),
    ...(fromStart === true ? ['--from-start'] : []),
    ...(askAll === true ? ['--ask-all'] : []),
    ...(grantToken === undefined ? [] : ['--grant-token', ...grantToken]),
  ];
}

const LIMITS = [
  ...(['kmsRequestsPerSecond', 'maxConcurrency'] as const),
  ...(['readCapacityPerSecond', 'writeCapacityPerSecond'] as const),
] as const;

/** The limits that the user names, among all that an execution input may have. */
export function limitsOf(
  options: Pick<InputOptions, (typeof LIMITS)[number]>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    LIMITS.flatMap(limit => {
      const value = options[limit];
      return value === undefined ? [] : [[limit, value]];
    }),
  );
}

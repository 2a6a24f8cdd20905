/** The parts of the Amazon States Language that this executor runs: JSONata definitions. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Template;
}

/** Any JSON value; strings of the form `{% … %}` are JSONata. */
export type Template = unknown;

interface ChoiceRule {
  readonly Condition: string;
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Template;
}

export interface Processor extends Definition {
  readonly ProcessorConfig?: {
    readonly Mode?: 'INLINE' | 'DISTRIBUTED';
    readonly ExecutionType?: 'STANDARD' | 'EXPRESS';
  };
}

/** All fields of all state types. `checkDefinition` has checked that each state has only its own fields. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Pass' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Output?: Template;
  readonly Assign?: Template;
  readonly Arguments?: Template;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Resource?: string;
  readonly TimeoutSeconds?: Template;
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Seconds?: Template;
  readonly Timestamp?: Template;
  readonly Error?: Template;
  readonly Cause?: Template;
  readonly Branches?: readonly Definition[];
  readonly Items?: Template;
  readonly ItemSelector?: Template;
  readonly ItemReader?: {
    readonly Resource: string;
    readonly ReaderConfig: { readonly InputType: string; readonly MaxItems?: number };
    readonly Arguments: Template;
  };
  readonly ItemProcessor?: Processor;
  readonly ResultWriter?: {
    readonly Resource?: string;
    readonly Arguments?: Template;
    readonly WriterConfig?: { readonly Transformation?: string; readonly OutputType?: string };
  };
  readonly MaxConcurrency?: Template;
  readonly ToleratedFailurePercentage?: Template;
  readonly ToleratedFailureCount?: Template;
  readonly Label?: string;
}

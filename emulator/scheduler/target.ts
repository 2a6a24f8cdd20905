import { validationError } from '../protocol/aws-error.ts';

/** What a schedule calls: a state machine, with a name for the execution if it has one, or a function. */
export interface Call {
  readonly targetArn: string;
  readonly input: string;
  readonly name?: string;
}

const UNIVERSAL = /^arn:[\w-]+:scheduler:::aws-sdk:(.+)$/;

/** A universal target has the members of an API call in its input, in the spelling of AWS's SDK integrations: PascalCase. */
export function callOf(targetArn: string, input: string): Call {
  const [, action] = UNIVERSAL.exec(targetArn) ?? [];
  if (action === undefined) return { targetArn, input };
  if (action !== 'sfn:startExecution')
    throw validationError(`the embedded AWS does not have the universal target ${action}`);
  const { StateMachineArn, Name, Input = '{}', ...others } = JSON.parse(input) as Record<string, string>;
  if (StateMachineArn === undefined || Object.keys(others).length > 0)
    throw validationError(`Invalid RequestJson provided. Reason ${Object.keys(others).join()}`);
  return { targetArn: StateMachineArn, input: Input, ...(Name !== undefined && { name: Name }) };
}

export interface Attempt {
  /** ISO 8601, in seconds. */
  readonly scheduledTime: string;
  readonly executionId: string;
}

/** Replaces the context attributes (EventBridge Scheduler user guide, context attributes). */
export function withAttributes(input: string, { scheduledTime, executionId }: Attempt): string {
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

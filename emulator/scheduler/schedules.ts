import type { Iam } from '../iam/iam.ts';
import { randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import { callOf, withAttributes, type Call } from './target.ts';

export interface Schedule {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly enabled: boolean;
  /** The state machine that it starts, the function that it invokes, or the API that it calls. */
  readonly targetArn: string;
  readonly roleArn: string;
  readonly input: string;
  /** Of its dead-letter queue. */
  readonly queueArn: string | undefined;
}

/** What happened when its time came. */
export type Fired =
  | { readonly kind: 'started' }
  | { readonly kind: 'left-in-queue' | 'dropped'; readonly error: string }
  | { readonly kind: 'disabled' };

/** EventBridge Scheduler: no time passes here that would fire a schedule, so somebody says that its time has come. */
export class Schedules {
  readonly #schedules = new Map<string, Schedule>();
  readonly #iam: Iam;
  readonly #start: (call: Call) => void;
  /** What could not be started, by the ARN of the queue. */
  readonly left: { readonly queueArn: string; readonly input: string; readonly error: string }[] = [];

  constructor(iam: Iam, start: (call: Call) => void) {
    this.#iam = iam;
    this.#start = start;
  }

  /** @throws AwsError if the role does not trust the service */
  create(schedule: Schedule): void {
    const { roleArn, accountId, region } = schedule;
    const group = `arn:aws:scheduler:${region}:${accountId}:schedule-group/default`;
    const behalf = { 'aws:SourceAccount': accountId, 'aws:SourceArn': group };
    if (!this.#iam.trusts(roleArn, 'scheduler.amazonaws.com', behalf))
      throw new AwsError(
        'ValidationException',
        'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      );
    this.#schedules.set(`${schedule.region} ${schedule.name}`, schedule);
  }

  delete(name: string, region: string): void {
    this.#schedules.delete(`${region} ${name}`);
  }

  all(): readonly Schedule[] {
    return [...this.#schedules.values()];
  }

  /** Its time has come: the target is called under the schedule's role, and so is the queue if that fails. */
  fire({ targetArn, roleArn, input: written, queueArn, enabled, accountId, region }: Schedule): Fired {
    if (!enabled) return { kind: 'disabled' };
    const scheduledTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const input = withAttributes(written, { scheduledTime, executionId: randomBytes(8).toString('hex') });
    const caller = { accountId, arn: roleArn };
    const role = this.#iam.authorizationOf({ caller, region, service: 'scheduler' });
    try {
      const call = callOf(targetArn, input);
      const action = call.targetArn.includes(':function:')
        ? 'lambda:InvokeFunction'
        : 'states:StartExecution';
      role.need({ action, resource: call.targetArn, resourceAccountId: accountId });
      this.#start(call);
      return { kind: 'started' };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const queue = { action: 'sqs:SendMessage', resource: queueArn ?? '', resourceAccountId: accountId };
      if (queueArn === undefined || !role.has(queue)) return { kind: 'dropped', error: words };
      this.left.push({ queueArn, input, error: words });
      return { kind: 'left-in-queue', error: words };
    }
  }
}

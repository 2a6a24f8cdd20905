import { randomUUID } from 'node:crypto';
import type { Iam, OnBehalf } from '../iam/iam.ts';

export interface Queue {
  readonly arn: string;
  /** How long a message that somebody has received is hidden from others. */
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  /** Where messages go that were received as often as that, and not deleted. */
  readonly redrive?: { readonly queueArn: string; readonly mostReceives: number };
}

export interface Message {
  readonly messageId: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly received: number;
  /** Milliseconds since 1970; of a message that was received. */
  readonly firstReceivedAt?: number;
}

interface Held extends Message {
  received: number;
  firstReceivedAt?: number;
  hidden: boolean;
}

/** SQS, as far as services of AWS send to standard queues and Lambda reads them. behaviour.md says what it does and does not do. */
export class Queues {
  readonly #queues = new Map<string, { queue: Queue; messages: readonly Held[] }>();
  readonly #policies = new Map<string, string>();
  readonly #iam: Iam;
  readonly #now: () => number;
  #told: (queueArn: string) => void = () => undefined;

  constructor(iam: Iam, now: () => number = Date.now) {
    this.#iam = iam;
    this.#now = now;
  }

  /** Makes a queue, or changes it. */
  put(queue: Queue): void {
    this.#queues.set(queue.arn, { queue, messages: this.#queues.get(queue.arn)?.messages ?? [] });
  }

  delete(arn: string): void {
    this.#queues.delete(arn);
  }

  setPolicy(arn: string, policy: string | undefined): void {
    if (policy === undefined) this.#policies.delete(arn);
    else this.#policies.set(arn, policy);
  }

  /** JSON. */
  policyOf(arn: string): string | undefined {
    return this.#policies.get(arn);
  }

  find(arn: string): Queue | undefined {
    return this.#queues.get(arn)?.queue;
  }

  /** Tells of every queue that has got a message. */
  listen(told: (queueArn: string) => void): void {
    this.#told = told;
  }

  /** A service of AWS sends. @throws Error in the words of a failed delivery */
  send(arn: string, body: string, by: OnBehalf): void {
    if (!this.#queues.has(arn)) throw new Error(`The specified queue does not exist: ${arn}`);
    const decision = this.#iam.ofService(by, {
      ...{ action: 'sqs:SendMessage', resource: arn },
      resourcePolicy: this.policyOf(arn) ?? NOBODY,
    });
    if (decision.kind === 'denied')
      throw new Error(`${by.service} is not authorized to perform: sqs:SendMessage on resource: ${arn}`);
    this.#add(arn, { messageId: randomUUID(), body, sentAt: this.#now(), received: 0, hidden: false });
  }

  /** Up to so many messages that nobody else has; they are hidden until they are released. */
  receive(arn: string, most: number): readonly Message[] {
    const { redrive } = this.find(arn) ?? {};
    const visible = this.#kept(arn).filter(({ hidden }) => !hidden);
    const spent = visible.filter(({ received }) => redrive !== undefined && received >= redrive.mostReceives);
    for (const message of spent) {
      this.remove(arn, [message.messageId]);
      const { firstReceivedAt: _, ...kept } = message;
      this.#add(redrive?.queueArn ?? '', { ...kept, received: 0 });
    }
    const batch = visible.filter(message => !spent.includes(message)).slice(0, most);
    for (const message of batch) {
      message.hidden = true;
      message.received += 1;
      message.firstReceivedAt ??= this.#now();
    }
    return batch.map(({ hidden: _, ...message }) => message);
  }

  /** The visibility timeout of some messages is over. */
  release(arn: string, messageIds: readonly string[]): void {
    for (const message of this.#kept(arn)) if (messageIds.includes(message.messageId)) message.hidden = false;
    this.#told(arn);
  }

  remove(arn: string, messageIds: readonly string[]): void {
    const held = this.#queues.get(arn);
    if (held === undefined) return;
    held.messages = held.messages.filter(({ messageId }) => !messageIds.includes(messageId));
  }

  /** The bodies of what can be received, the oldest first. */
  visible(arn: string): readonly string[] {
    return this.#kept(arn).flatMap(({ hidden, body }) => (hidden ? [] : [body]));
  }

  /** The queue of each message that can be received. */
  waiting(): readonly { readonly queueArn: string }[] {
    return [...this.#queues.keys()].flatMap(queueArn => this.visible(queueArn).map(() => ({ queueArn })));
  }

  #add(arn: string, message: Held): void {
    const held = this.#queues.get(arn);
    if (held === undefined) return;
    held.messages = [...held.messages, message];
    this.#told(arn);
  }

  /** What is older than its queue keeps it is gone. */
  #kept(arn: string): readonly Held[] {
    const held = this.#queues.get(arn);
    if (held === undefined) return [];
    const oldest = this.#now() - held.queue.retentionSeconds * 1000;
    held.messages = held.messages.filter(({ sentAt }) => sentAt >= oldest);
    return held.messages;
  }
}

const NOBODY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

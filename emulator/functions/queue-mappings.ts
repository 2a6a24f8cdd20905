import { createHash } from 'node:crypto';
import type { Authorization } from '../protocol/authorization.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { Message, Queue } from '../sqs/queues.ts';
import type { InvocationResult } from './functions.ts';

/** From a queue to a function. */
export interface QueueMapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly reportsItems: boolean;
  /** Batches that are under way at a time. */
  readonly mostAtOnce: number;
}

export interface QueueMappingPorts {
  readonly find: (queueArn: string) => Queue | undefined;
  readonly policyOf: (queueArn: string) => string | undefined;
  readonly receive: (queueArn: string, most: number) => readonly Message[];
  readonly release: (queueArn: string, messageIds: readonly string[]) => void;
  readonly remove: (queueArn: string, messageIds: readonly string[]) => void;
  readonly invoke: (functionArn: string, event: unknown) => Promise<InvocationResult>;
  readonly timeoutSecondsOf: (functionArn: string) => number;
  /** What the role of a function may do. */
  readonly roleOf: (functionArn: string) => Authorization;
  /** Waits until a visibility timeout is over. */
  readonly wait: (ms: number) => Promise<void>;
}

const READS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** Hands the messages of queues to functions. behaviour.md says what it does and does not do. */
export class QueueMappings {
  readonly #mappings = new Map<string, QueueMapping>();
  readonly #underWay = new Map<string, number>();
  readonly #work = new Set<Promise<void>>();
  readonly #ports: QueueMappingPorts;
  #stopped = false;

  constructor(ports: QueueMappingPorts) {
    this.#ports = ports;
  }

  /** Makes a mapping, or changes it. @throws AwsError if Lambda could not read the queue for the function */
  put(mapping: QueueMapping): void {
    const { queueArn, functionArn } = mapping;
    const queue = this.#ports.find(queueArn);
    const role = this.#ports.roleOf(functionArn);
    const resourceAccountId = queueArn.split(':')[4] ?? '';
    const resourcePolicy = this.#ports.policyOf(queueArn);
    const refused = READS.find(
      name => !role.has({ action: `sqs:${name}`, resource: queueArn, resourceAccountId, resourcePolicy }),
    );
    if (refused !== undefined)
      throw invalid(`The provided execution role does not have permissions to call ${refused} on SQS`);
    if (queue === undefined)
      throw invalid(`Error occurred while ReceiveMessage. Queue not found: ${queueArn}`);
    const timeout = this.#ports.timeoutSecondsOf(functionArn);
    if (queue.visibilitySeconds < timeout)
      throw invalid(
        `Queue visibility timeout: ${queue.visibilitySeconds} seconds is less than Function timeout: ${timeout} seconds`,
      );
    this.#mappings.set(mapping.uuid, mapping);
    this.wake(queueArn);
  }

  delete(uuid: string): void {
    this.#mappings.delete(uuid);
  }

  /** Looks at a queue, because there is something new in it. */
  wake(queueArn: string): void {
    for (const mapping of this.#mappings.values()) if (mapping.queueArn === queueArn) this.#poll(mapping);
  }

  /** Until every message that there is was taken or given up. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  stop(): void {
    this.#stopped = true;
  }

  #poll(mapping: QueueMapping): void {
    const { uuid, queueArn, enabled, batchSize, mostAtOnce } = mapping;
    for (;;) {
      const underWay = this.#underWay.get(uuid) ?? 0;
      if (this.#stopped || !enabled || underWay >= mostAtOnce) return;
      const batch = this.#ports.receive(queueArn, batchSize);
      if (batch.length === 0) return;
      this.#underWay.set(uuid, underWay + 1);
      this.#doing(this.#deliver(mapping, batch));
    }
  }

  #doing(work: Promise<void>): void {
    const done: Promise<void> = work.finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  /** Those messages that the function has not taken are there again when their visibility timeout is over. */
  async #deliver(mapping: QueueMapping, batch: readonly Message[]): Promise<void> {
    const { uuid, queueArn } = mapping;
    const failed = await this.#failedOf(mapping, batch);
    const taken = batch.filter(({ messageId }) => !failed.includes(messageId));
    this.#ports.remove(
      queueArn,
      taken.map(({ messageId }) => messageId),
    );
    this.#underWay.set(uuid, (this.#underWay.get(uuid) ?? 1) - 1);
    if (failed.length > 0) this.#doing(this.#comeBack(queueArn, failed));
    const now = this.#mappings.get(uuid);
    if (now !== undefined) this.#poll(now);
  }

  async #comeBack(queueArn: string, messageIds: readonly string[]): Promise<void> {
    await this.#ports.wait((this.#ports.find(queueArn)?.visibilitySeconds ?? 0) * 1000);
    if (!this.#stopped) this.#ports.release(queueArn, messageIds);
  }

  async #failedOf(
    { functionArn, queueArn, reportsItems }: QueueMapping,
    batch: readonly Message[],
  ): Promise<readonly string[]> {
    const all = batch.map(({ messageId }) => messageId);
    try {
      const event = { Records: batch.map(message => recordOf(message, queueArn)) };
      const result = await this.#ports.invoke(functionArn, event);
      if (result.kind === 'failed') return all;
      return reportsItems ? (namedBy(result.payload, all) ?? all) : [];
    } catch {
      return all;
    }
  }
}

/** The messages that an answer names; `undefined` where it is no answer about this batch (Lambda developer guide, partial batch responses). */
function namedBy(payload: unknown, all: readonly string[]): readonly string[] | undefined {
  const { batchItemFailures = [] } = (payload ?? {}) as { readonly batchItemFailures?: unknown };
  if (batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return undefined;
  const named = (batchItemFailures as readonly { readonly itemIdentifier?: unknown }[]).map(
    failure => failure.itemIdentifier,
  );
  return named.every(one => typeof one === 'string' && all.includes(one)) ? (named as string[]) : undefined;
}

function recordOf(message: Message, queueArn: string): object {
  const { messageId, body, sentAt, received, firstReceivedAt } = message;
  return {
    ...{ messageId, receiptHandle: `${messageId}#${received}`, body },
    attributes: {
      ...{ ApproximateReceiveCount: String(received), SentTimestamp: String(sentAt) },
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(body).digest('hex'),
    ...{ eventSource: 'aws:sqs', eventSourceARN: queueArn, awsRegion: queueArn.split(':')[3] },
  };
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidParameterValueException', words);
}

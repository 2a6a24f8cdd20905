import type { Authorization } from '../protocol/authorization.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { InvocationResult } from './functions.ts';
import { discarded, failedFrom, type DiscardedBatch, type SourceRecord } from './stream-batch.ts';

/** From a stream of a table to a function. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  /** Whether a batch that fails is cut in two. */
  readonly bisects: boolean;
  /** How often a batch is tried again; -1 without end. */
  readonly mostRetries: number;
  /** -1 without end. */
  readonly mostAgeSeconds: number;
  readonly reportsItems: boolean;
  /** What is given up goes there. */
  readonly queueArn: string | undefined;
}

export interface MappingPorts {
  /** The records of a stream from a position on; `undefined` if there is no such stream. */
  readonly read: (streamArn: string, from: number, most: number) => readonly SourceRecord[] | undefined;
  readonly invoke: (functionArn: string, event: unknown) => Promise<InvocationResult>;
  /** What the role of a function may do. */
  readonly roleOf: (functionArn: string) => Authorization;
  readonly now: () => number;
  /** Waits before a batch is tried again. */
  readonly wait: (ms: number) => Promise<void>;
}

interface Polled {
  readonly mapping: EventSourceMapping;
  position: number;
  polling: boolean;
}

/** How many records of a batch a function has taken, and what Lambda says of its answer; nothing where there was none. */
interface Outcome {
  readonly taken: number;
  readonly functionError?: DiscardedBatch['functionError'];
}

const READS = ['DescribeStream', 'GetRecords', 'GetShardIterator'];
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [50, 1_000];

/** Hands the records of streams to functions, a batch at a time and in order. behaviour.md says what it does and does not do. */
export class EventSourceMappings {
  /** Batches that were given up. */
  readonly left: { readonly queueArn: string; readonly input: string }[] = [];
  readonly #mappings = new Map<string, Polled>();
  readonly #polls = new Set<Promise<void>>();
  readonly #ports: MappingPorts;
  #stopped = false;

  constructor(ports: MappingPorts) {
    this.#ports = ports;
  }

  /** @throws AwsError if the role of the function may not read the stream, or not tell of what is given up */
  create(mapping: EventSourceMapping): void {
    this.#needRole(mapping);
    const there = this.#ports.read(mapping.streamArn, 0, Infinity);
    if (there === undefined)
      throw new AwsError('InvalidParameterValueException', `Stream not found: ${mapping.streamArn}`);
    const position = mapping.startingPosition === 'LATEST' ? there.length : 0;
    this.#mappings.set(mapping.uuid, { mapping, position, polling: false });
    this.wake();
  }

  /** What is being delivered is delivered as it was. */
  update(mapping: EventSourceMapping): void {
    this.#needRole(mapping);
    const position = this.#mappings.get(mapping.uuid)?.position ?? 0;
    this.#mappings.set(mapping.uuid, { mapping, position, polling: false });
    this.wake();
  }

  delete(uuid: string): void {
    this.#mappings.delete(uuid);
  }

  /** Looks at the streams, because one of them has a new record. */
  wake(): void {
    for (const polled of this.#mappings.values()) {
      const poll: Promise<void> = this.#poll(polled).finally(() => this.#polls.delete(poll));
      this.#polls.add(poll);
    }
  }

  /** Until every record that there is was taken or given up. */
  async idle(): Promise<void> {
    while (this.#polls.size > 0) await Promise.all(this.#polls);
  }

  stop(): void {
    this.#stopped = true;
  }

  #needRole({ streamArn, functionArn, queueArn }: EventSourceMapping): void {
    const role = this.#ports.roleOf(functionArn);
    const resourceAccountId = streamArn.split(':')[4] ?? '';
    const may = [
      ...READS.map(action =>
        role.has({ action: `dynamodb:${action}`, resource: streamArn, resourceAccountId }),
      ),
      role.has({ action: 'dynamodb:ListStreams', resource: '*', resourceAccountId }),
    ];
    if (!may.every(Boolean))
      throw new AwsError(
        'InvalidParameterValueException',
        `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
      );
    if (queueArn !== undefined && !this.#maySend(functionArn, queueArn))
      throw new AwsError(
        'InvalidParameterValueException',
        'The provided execution role does not have permissions to call SendMessage on SQS',
      );
  }

  #maySend(functionArn: string, queueArn: string): boolean {
    const resourceAccountId = queueArn.split(':')[4] ?? '';
    return this.#ports
      .roleOf(functionArn)
      .has({ action: 'sqs:SendMessage', resource: queueArn, resourceAccountId });
  }

  #goesOn({ mapping }: Polled): boolean {
    return !this.#stopped && mapping.enabled && this.#mappings.get(mapping.uuid)?.mapping === mapping;
  }

  async #poll(polled: Polled): Promise<void> {
    if (polled.polling) return;
    polled.polling = true;
    const { mapping } = polled;
    while (this.#goesOn(polled)) {
      const batch = this.#ports.read(mapping.streamArn, polled.position, mapping.batchSize) ?? [];
      if (batch.length === 0) break;
      await this.#deliver(polled, batch);
      if (this.#goesOn(polled)) polled.position += batch.length;
    }
    polled.polling = false;
  }

  /** Until the function has taken every record of the batch, or the mapping gives it up. */
  async #deliver(polled: Polled, whole: readonly SourceRecord[]): Promise<void> {
    const { bisects, mostRetries } = polled.mapping;
    let batch = this.#youngOf(polled.mapping, whole);
    for (let retries = 0; batch.length > 0 && this.#goesOn(polled);) {
      const outcome = await this.#outcomeOf(polled.mapping, batch);
      if (outcome === 'throttled') {
        await this.#ports.wait(FIRST_WAIT_MS);
        continue;
      }
      const rest = batch.slice(outcome.taken);
      if (rest.length === 0) return;
      if (rest.length < batch.length) retries = 0;
      else if (bisects && batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.#deliver(polled, batch.slice(0, half));
        return this.#deliver(polled, batch.slice(half));
      } else if (mostRetries >= 0 && retries >= mostRetries) {
        this.#giveUp(polled.mapping, batch, {
          condition: 'RetryAttemptsExhausted',
          invoked: retries + 1,
          functionError: outcome.functionError,
        });
        return;
      } else retries++;
      await this.#ports.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retries));
      batch = this.#youngOf(polled.mapping, rest);
    }
  }

  async #outcomeOf(
    { functionArn, reportsItems }: EventSourceMapping,
    batch: readonly SourceRecord[],
  ): Promise<Outcome | 'throttled'> {
    try {
      const result = await this.#ports.invoke(functionArn, { Records: batch });
      if (result.kind === 'failed') return { taken: 0, functionError: 'Unhandled' };
      return { taken: reportsItems ? failedFrom(result.payload, batch) : batch.length, functionError: null };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
      return { taken: 0 };
    }
  }

  /** Records that are too old are given up, and the rest goes on. */
  #youngOf(mapping: EventSourceMapping, batch: readonly SourceRecord[]): readonly SourceRecord[] {
    const { mostAgeSeconds } = mapping;
    if (mostAgeSeconds < 0) return batch;
    const oldest = this.#ports.now() / 1000 - mostAgeSeconds;
    const isOld = ({ dynamodb }: SourceRecord): boolean => dynamodb.ApproximateCreationDateTime < oldest;
    const old = batch.filter(isOld);
    if (old.length > 0) this.#giveUp(mapping, old, { condition: 'MaximumRecordAgeExceeded', invoked: 0 });
    return batch.filter(record => !isOld(record));
  }

  #giveUp(
    { functionArn, queueArn }: EventSourceMapping,
    batch: readonly SourceRecord[],
    why: Pick<DiscardedBatch, 'condition' | 'invoked' | 'functionError'>,
  ): void {
    if (queueArn === undefined || !this.#maySend(functionArn, queueArn)) return;
    this.left.push({ queueArn, input: discarded({ functionArn, batch, ...why, at: this.#ports.now() }) });
  }
}

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { validationError } from '../protocol/aws-error.ts';
import type { AwsRequest } from '../protocol/request.ts';
import type { Item } from './item-size.ts';
import { keyIn, schemas } from './keys-of-items.ts';
import type { Call } from './tables.ts';

type Input = Readonly<Record<string, unknown>>;
type At = Pick<AwsRequest, 'region' | 'caller'>;

const VIEW_TYPES = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;
type ViewType = (typeof VIEW_TYPES)[number];

/** A record of a stream, as Lambda hands it to a function. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly StreamViewType: ViewType;
  };
  readonly eventSourceARN: string;
}

interface Stream {
  readonly arn: string;
  readonly label: string;
  readonly viewType: ViewType;
  /** Those that are switched off keep what they have. */
  readonly enabled: boolean;
  readonly records: StreamRecord[];
}

interface Touched {
  readonly table: string;
  readonly key: Item;
}

/** Sequence numbers are texts of 21 to 40 digits that grow. */
const FIRST_SEQUENCE = 100_000_000_000_000_000_000n;

/** The streams of tables: one shard each, in the order of the writes. behaviour.md says what they do and do not do. */
export class TableStreams {
  readonly #latest = new Map<string, string>();
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Set<() => void>();
  readonly #now: () => number;
  #sequence = FIRST_SEQUENCE;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** What CreateTable and UpdateTable say of a table's stream. @throws AwsError */
  specify(table: string, at: At, specification: unknown): void {
    const { StreamEnabled, StreamViewType } = specification as Input;
    const latest = this.#of(table, at);
    if (StreamEnabled !== true) {
      if (latest?.enabled !== true) throw validationError('Table has no stream enabled');
      this.#streams.set(latest.arn, { ...latest, enabled: false });
      return;
    }
    if (latest?.enabled === true) throw validationError('Table already has an enabled stream');
    if (!VIEW_TYPES.includes(StreamViewType as ViewType))
      throw validationError(
        `Value '${String(StreamViewType)}' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member must satisfy enum value set: [${VIEW_TYPES.join(', ')}]`,
      );
    const label = new Date(this.#now() + this.#streams.size).toISOString().slice(0, -1);
    const arn = `arn:aws:dynamodb:${at.region}:${at.caller.accountId}:table/${table}/stream/${label}`;
    const viewType = StreamViewType as ViewType;
    this.#streams.set(arn, { arn, label, viewType, enabled: true, records: [] });
    this.#latest.set(placeOf(table, at), arn);
  }

  /** A description of a table, with what it says of the stream. */
  described(description: Input, at: At): Input {
    const latest = this.#of(String(description['TableName']), at);
    if (latest === undefined) return description;
    const { arn, label, enabled, viewType } = latest;
    return {
      ...description,
      LatestStreamArn: arn,
      LatestStreamLabel: label,
      ...(enabled && { StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } }),
    };
  }

  deleted(table: string, at: At): void {
    this.#latest.delete(placeOf(table, at));
  }

  /** The records of a stream that come after a position; `undefined` if there is no such stream. */
  read(arn: string, from: number, most: number): readonly StreamRecord[] | undefined {
    return this.#streams.get(arn)?.records.slice(from, from + most);
  }

  /** Calls somebody after each write that a stream records. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** What makes records of an operation's writes around it; `undefined` where it writes to no table with a stream. */
  async recording(
    operation: string,
    input: Input,
    { at, call }: { readonly at: At; readonly call: Call },
  ): Promise<(<Result>(work: () => Promise<Result>) => Promise<Result>) | undefined> {
    const written = writesOf(operation, input).filter(({ table }) => this.#of(table, at)?.enabled === true);
    if (written.length === 0) return undefined;
    const schemaOf = schemas(call);
    const touched: Touched[] = [];
    for (const { table, key, item } of written)
      touched.push({ table, key: keyIn(item ?? key ?? {}, await schemaOf(table), item !== undefined) });
    return async work => {
      const before = await imagesOf(touched, call);
      const result = await work();
      const after = await imagesOf(touched, call);
      for (const [index, one] of touched.entries()) this.#append(one, at, [before[index], after[index]]);
      for (const listener of this.#listeners) listener();
      return result;
    };
  }

  /** A write that changes nothing leaves no record (developer guide, "Change data capture for DynamoDB Streams"). */
  #append({ table, key }: Touched, at: At, [before, after]: readonly (Item | undefined)[]): void {
    const stream = this.#of(table, at);
    if (stream === undefined || isDeepStrictEqual(before, after)) return;
    const { viewType, arn: eventSourceARN } = stream;
    this.#sequence += 1n;
    stream.records.push({
      eventID: randomUUID().replaceAll('-', ''),
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      ...{ eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: at.region },
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#now() / 1000),
        Keys: key,
        ...(viewType.startsWith('NEW') && after !== undefined && { NewImage: after }),
        ...(viewType.includes('OLD') && before !== undefined && { OldImage: before }),
        ...{ SequenceNumber: String(this.#sequence), StreamViewType: viewType },
      },
      eventSourceARN,
    });
  }

  #of(table: string, at: At): Stream | undefined {
    return this.#streams.get(this.#latest.get(placeOf(table, at)) ?? '');
  }
}

interface Write {
  readonly table: string;
  readonly key?: Item;
  /** Of a put. */
  readonly item?: Item;
}

/** By kind of action. */
type Members = Readonly<Record<string, Input>>;

function writesOf(operation: string, input: Input): readonly Write[] {
  const one = (member: Input): Write => ({
    table: String(member['TableName']),
    ...(member['Key'] !== undefined && { key: member['Key'] as Item }),
    ...(member['Item'] !== undefined && { item: member['Item'] as Item }),
  });
  switch (operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [one(input)];
    case 'TransactWriteItems':
      return ((input['TransactItems'] ?? []) as readonly Members[])
        .flatMap((member): readonly Input[] => Object.values(member))
        .map(one);
    case 'BatchWriteItem':
      return Object.entries(
        (input['RequestItems'] ?? {}) as Readonly<Record<string, readonly Members[]>>,
      ).flatMap(([TableName, requests]) =>
        requests
          .flatMap((request): readonly Input[] => Object.values(request))
          .map(request => one({ TableName, ...request })),
      );
    default:
      return [];
  }
}

async function imagesOf(touched: readonly Touched[], call: Call): Promise<readonly (Item | undefined)[]> {
  const images: (Item | undefined)[] = [];
  for (const { table, key } of touched) {
    const { output } = await call('GetItem', { TableName: table, Key: key, ConsistentRead: true });
    images.push(output['Item'] as Item | undefined);
  }
  return images;
}

function placeOf(table: string, { region, caller }: At): string {
  return `${caller.accountId}/${region}/${table}`;
}

import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Injection } from '../../emulator/faults.ts';
import type { AwsResponse, RawRequest } from '../../emulator/protocol/request.ts';
import type { KmsSecond, Weather } from './messages.ts';

/** The embedded AWS with a latency, a quota of KMS, and tables that tell how many items they have. */
export class MeasuredAws extends EmbeddedAws {
  readonly #items = new Map<string, number>();
  readonly #seconds = new Map<number, Record<'product' | 'neighbour', Counts>>();
  #weather: Weather = { latencyMs: 0 };

  constructor() {
    super({ lambdaConcurrency: 1_000 });
    this.faults.injectBy(() => this.#inject());
  }

  setWeather(weather: Weather): void {
    this.#weather = weather;
    this.kmsQuota.perSecond = weather.kmsQuota;
    this.#seconds.clear();
  }

  count(table: string, items: number): void {
    this.#items.set(table, items);
  }

  get kmsSeconds(): readonly KmsSecond[] {
    return [...this.#seconds]
      .map(([second, { product, neighbour }]) => ({
        ...{ second, ...product },
        ...(neighbour.asked > 0 && { neighbour }),
      }))
      .sort(bySecond);
  }

  override async handle(raw: RawRequest): Promise<AwsResponse> {
    const counts = this.#countsOf(raw);
    if (counts !== undefined) counts.asked++;
    const response = await super.handle(raw);
    if (response.headers['x-amzn-errortype'] === 'ThrottlingException' && counts !== undefined)
      counts.throttled++;
    return this.#items.size > 0 && raw.headers['x-amz-target'] === 'DynamoDB_20120810.DescribeTable'
      ? this.#counted(response)
      : response;
  }

  #counted(response: AwsResponse): AwsResponse {
    const { Table, ...others } = JSON.parse(String(response.body)) as {
      readonly Table?: { readonly TableName: string };
    };
    const items = this.#items.get(Table?.TableName ?? '');
    if (items === undefined) return response;
    const body = JSON.stringify({
      ...others,
      Table: { ...Table, ItemCount: items, TableSizeBytes: items * 1_000 },
    });
    const { 'x-amz-crc32': _checksum, ...headers } = response.headers;
    return { ...response, body, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
  }

  /** Who asks KMS about data keys. The administrator is the neighbour; who seeds asks before the weather is made. */
  #countsOf({ headers }: RawRequest): Counts | undefined {
    const [, operation = ''] = String(headers['x-amz-target'] ?? '').split('TrentService.');
    if (!['ReEncrypt', 'Decrypt', 'Encrypt'].includes(operation)) return undefined;
    const second = Math.floor(Date.now() / 1_000);
    const counts = this.#seconds.get(second) ?? { product: nobody(), neighbour: nobody() };
    this.#seconds.set(second, counts);
    return counts[String(headers.authorization).includes('Credential=local/') ? 'neighbour' : 'product'];
  }

  #inject(): Injection | undefined {
    const { latencyMs } = this.#weather;
    return latencyMs === 0 ? undefined : { kind: 'late', milliseconds: latencyMs };
  }
}

interface Counts {
  asked: number;
  throttled: number;
}

function nobody(): Counts {
  return { asked: 0, throttled: 0 };
}

function bySecond(one: KmsSecond, other: KmsSecond): number {
  return one.second - other.second;
}

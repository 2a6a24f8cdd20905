import { ReEncryptCommand } from '@aws-sdk/client-kms';
import { Readable } from 'node:stream';
import { KmsChannel, type Waiting } from '../../lambda/adapters/kms/channel.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';

const START = Date.UTC(2026, 10, 26, 8);

/** A clock that stands still until everything waits for it. Then it advances to the end of the shortest wait. */
class Standstill implements Waiting {
  #now = START;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise(wake => {
      this.#waiting.push({ at: this.#now + ms, wake });
      this.#waiting.sort((a, b) => a.at - b.at);
    });
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => void (ended = true);
    work.then(end, end);
    while (!ended) {
      for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
      const next = this.#waiting.shift();
      if (next === undefined) continue;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return work;
  }
}

interface Left {
  readonly at: number;
  readonly signedAt: string;
}

const ANSWER = { CiphertextBlob: 'ZWRr', SourceKeyId: OLD_KEY, KeyId: NEW_KEY };

function compact(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

describe('a request to KMS', () => {
  const RealDate = Date;
  let clock: Standstill;
  beforeEach(() => {
    clock = new Standstill();
    // The SDK takes the time of its signatures from Date.
    global.Date = class extends RealDate {
      constructor(value?: number | string | Date) {
        super(value ?? clock.now());
      }
      static override now(): number {
        return clock.now();
      }
    } as DateConstructor;
    // The SDK waits between its retries with setTimeout.
    jest.spyOn(global, 'setTimeout').mockImplementation(((wake: () => void, ms: number) => {
      void clock.sleep(ms).then(wake);
      return { unref: () => undefined };
    }) as never);
  });
  afterEach(() => {
    global.Date = RealDate;
    jest.restoreAllMocks();
  });

  /** Sends `count` requests at once, and returns when each left and when it was signed. */
  async function sent(
    count: number,
    { rate, failing = 0 }: { readonly rate: number; readonly failing?: number },
  ): Promise<{ readonly left: readonly Left[]; readonly channel: KmsChannel }> {
    const left: Left[] = [];
    const channel = new KmsChannel({
      patienceMs: [],
      waiting: clock,
      requestHandler: {
        handle: ({ headers }: { readonly headers: Record<string, string> }) => {
          left.push({ at: clock.now(), signedAt: headers['x-amz-date'] ?? '' });
          const statusCode = left.length <= failing ? 500 : 200;
          return Promise.resolve({ response: { statusCode, headers: {}, body: Readable.from([]) } });
        },
      } as never,
    });
    channel.setRate(rate);
    const command = {
      CiphertextBlob: Buffer.from('edk'),
      SourceKeyId: OLD_KEY,
      DestinationKeyId: NEW_KEY,
    };
    const one = () => channel.send(OLD_KEY, client => client.send(new ReEncryptCommand(command)));
    await clock.during(Promise.all(Array.from({ length: count }, one)));
    return { left, channel };
  }

  it('is signed when it leaves, however long it has waited for its turn', async () => {
    const { left } = await sent(32, { rate: 2 });
    expect(left).toHaveLength(32);
    expect(left.at(-1)!.at - START).toBe(16_000);
    expect(left.map(({ signedAt }) => signedAt)).toEqual(left.map(({ at }) => compact(at)));
  });

  it('waits for its turn and is signed anew at each try, and every try is counted', async () => {
    const { left, channel } = await sent(1, { rate: 0.1, failing: 2 });
    expect(left.map(({ at }) => at - START)).toEqual([10_000, 20_000, 30_000]);
    expect(left.map(({ signedAt }) => signedAt)).toEqual(left.map(({ at }) => compact(at)));
    expect(channel.takeUsage()).toEqual({ requests: 3, throttled: 0 });
  });

  it('does not leave any more once its invocation is over, however soon its turn would have come', async () => {
    const left: number[] = [];
    const channel = new KmsChannel({
      patienceMs: [],
      waiting: clock,
      requestHandler: {
        handle: () => {
          left.push(clock.now() - START);
          if (left.length === 2) channel.close();
          return Promise.resolve({ response: { statusCode: 200, headers: {}, body: Readable.from([]) } });
        },
      } as never,
    });
    const command = { CiphertextBlob: Buffer.from('edk'), SourceKeyId: OLD_KEY, DestinationKeyId: NEW_KEY };
    const all = Promise.allSettled(
      Array.from({ length: 32 }, () =>
        channel.send(OLD_KEY, client => client.send(new ReEncryptCommand(command))),
      ),
    );
    const settled = await clock.during(all);
    expect(left).toEqual([1_000, 2_000]);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(30);
    expect(channel.takeUsage()).toEqual({ requests: 2, throttled: 0 });
  });

  it('leaves half as often once KMS has throttled one, and as often as before after some time without', async () => {
    const left: number[] = [];
    const channel = new KmsChannel({
      ...{ patienceMs: [], waiting: clock },
      requestHandler: {
        handle: () => {
          left.push(clock.now());
          const throttled = left.length === 100;
          const body = Buffer.from(JSON.stringify(throttled ? { __type: 'ThrottlingException' } : ANSWER));
          const statusCode = throttled ? 400 : 200;
          return Promise.resolve({ response: { statusCode, headers: {}, body: Readable.from([body]) } });
        },
      } as never,
    });
    channel.setRate(10);
    const input = { CiphertextBlob: Buffer.from('edk'), SourceKeyId: OLD_KEY, DestinationKeyId: NEW_KEY };
    const all = async (): Promise<void> => {
      for (let count = 0; count < 600; count++) await channel.reEncrypt(input);
    };
    await clock.during(all());
    const perSecond = (from: number, to: number): number => (1_000 * (to - from)) / (left[to]! - left[from]!);
    expect(perSecond(10, 90)).toBeCloseTo(10, 0);
    expect(perSecond(101, 106)).toBeLessThan(6);
    expect(perSecond(101, 106)).toBeGreaterThan(4);
    expect(perSecond(500, 590)).toBeCloseTo(10, 0);
    expect(channel.takeUsage()).toEqual({ requests: 601, throttled: 1 });
  });

  it('is paced between the retries and the signature of the SDK', async () => {
    const { channel } = await sent(0, { rate: 1 });
    let stack: readonly string[] = [];
    await channel.send(OLD_KEY, client => {
      stack = client.middlewareStack.identify();
      return Promise.resolve();
    });
    const names = stack.map(line => line.split(' ')[0]);
    const from = names.indexOf('retryMiddleware');
    expect(names.slice(from, from + 3)).toEqual([
      'retryMiddleware',
      'kmsRewrapPace',
      'httpSigningMiddleware',
    ]);
  });
});

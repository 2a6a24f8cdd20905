import { WorkerShare } from '../../lambda/core/rate/worker-share.ts';
import { FakeShareBook } from './fake-shares.ts';

export const REGION = 'us-east-1';
export const INVOCATION_MS = 900_000;

/** Workers that share one book, and a clock that advances only when a worker waits or a test says so. */
export class World {
  readonly book = new FakeShareBook();
  now = 0;
  /** What happens while a worker waits. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();
  /** What each piece of work has asked of KMS within the last second. */
  readonly recent = new Map<string, number>();
  #holders = 0;
  #seed = 7;

  worker(
    work: string,
    { runId = 'run-1', workers = 16, regions = [REGION] as readonly string[] } = {},
  ): WorkerShare {
    const endsAt = this.now + INVOCATION_MS;
    const holder = `h${++this.#holders}`;
    return new WorkerShare(
      regions,
      { runId, work, holder, workers },
      {
        book: this.book,
        clock: { now: () => this.now },
        deadline: { remaining: () => endsAt - this.now },
        sleep: async ms => {
          this.now += ms;
          await this.meanwhile();
        },
        random: () => (this.#seed = (this.#seed * 16_807) % 2_147_483_647) / 2_147_483_647,
        recent: () => this.recent.get(work) ?? 0,
      },
    );
  }

  /** Asks for a share one page later, which is longer than the pause between two looks at the book. */
  async page(worker: WorkerShare, rate: number): Promise<number | undefined> {
    this.now += 20_000;
    return worker.take(rate);
  }

  get shares(): readonly number[] {
    return this.book.live(REGION, this.now).map(({ share }) => share);
  }
}

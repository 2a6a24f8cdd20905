import { nameOf } from '../../lambda/adapters/aws/errors.ts';

/** The part of a stream of the process that is needed here. */
export interface Sink {
  write(text: string, done: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What became of the text that was written. `closed`: its reader has gone, as `head` does once it has enough. */
export type Written = 'written' | 'closed' | Error;

/**
 * A stream of the process that never throws. A reader who has gone wants no more; a disk that is full is told once, at the
 * end. Neither stops the command: what it does is more than what it prints.
 */
export class Output {
  readonly #sink: Sink;
  #state: Written = 'written';
  #last: Promise<void> = Promise.resolve();

  constructor(sink: Sink) {
    this.#sink = sink;
    sink.on('error', error => this.#failed(error));
  }

  write(text: string): void {
    if (this.#state !== 'written') return;
    this.#last = new Promise(resolve => {
      const done = (error?: Error | null): void => {
        if (error !== undefined && error !== null) this.#failed(error);
        resolve();
      };
      try {
        this.#sink.write(text, done);
      } catch (error) {
        done(error as Error);
      }
    });
  }

  /** Waits until everything has been taken or refused. */
  async settled(): Promise<Written> {
    await this.#last;
    return this.#state;
  }

  #failed(error: Error): void {
    if (this.#state === 'written') this.#state = isClosed(error) ? 'closed' : error;
  }
}

function isClosed(error: Error): boolean {
  const { code } = error as { readonly code?: string };
  return ['EPIPE', 'ECONNRESET', 'EIO', 'ERR_STREAM_DESTROYED'].includes(code ?? nameOf(error));
}

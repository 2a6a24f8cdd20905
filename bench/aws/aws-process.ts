import { BenchProcess } from '../process.ts';
import type { Answer, Command, Of } from './messages.ts';

/** The embedded AWS as the bench commands it. */
export class AwsProcess {
  readonly #process: BenchProcess<{ readonly endpoint: string }>;
  #endpoint = '';

  private constructor(heapMb?: number) {
    this.#process = new BenchProcess('./aws/main.ts', heapMb);
  }

  static async start(heapMb?: number): Promise<AwsProcess> {
    const aws = new AwsProcess(heapMb);
    aws.#endpoint = (await aws.#process.first).endpoint;
    return aws;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  ask<Name extends Command>(name: Name, of: Of<Name>): Promise<Answer<Name>> {
    return this.#process.ask(name, of) as Promise<Answer<Name>>;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { AwsProcess } from '../aws/aws-process.ts';
import { REGION } from '../aws/messages.ts';

export interface RunOptions {
  readonly job: string;
  readonly mode?: 'migrate' | 'census' | 'verify';
  readonly workers?: number;
  readonly kmsRequestsPerSecond?: number;
}

/** How long each state of the run's own execution took, by its name. */
export type Milliseconds = Readonly<Record<string, number>>;

export interface Run {
  readonly runId: string;
  readonly milliseconds: number;
  readonly states: Milliseconds;
}

const POLL_MS = 100;

/** The product as it is deployed: its template, its bundles and its state machine, in the embedded AWS. */
export class Product {
  readonly #states: SFNClient;
  readonly #machine: string;
  /** The functions' code is run from here. */
  readonly #folder: string;
  #runs = 0;

  private constructor(of: { readonly states: SFNClient; readonly machine: string; readonly folder: string }) {
    this.#states = of.states;
    this.#machine = of.machine;
    this.#folder = of.folder;
  }

  static async deploy(aws: AwsProcess, jobs: readonly object[]): Promise<Product> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    mkdirSync(join(folder, 'jobs'));
    for (const [index, job] of jobs.entries())
      writeFileSync(join(folder, 'jobs', `job-${index}.json`), JSON.stringify(job));
    const assembly = join(folder, 'cdk.out');
    await synthesize({ jobs: join(folder, 'jobs'), outdir: assembly });
    await aws.ask('deploy', { assembly });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const states = new SFNClient({ endpoint: aws.endpoint, region: REGION, credentials });
    const { stateMachines = [] } = await states.send(new ListStateMachinesCommand({}));
    return new Product({ states, machine: stateMachines[0]?.stateMachineArn ?? '', folder });
  }

  /** Runs a job to its end. */
  async run(options: RunOptions): Promise<Run> {
    return this.end(await this.start(options));
  }

  /** Starts a run and returns the ARN of its execution. */
  async start({ job, mode = 'migrate', workers, kmsRequestsPerSecond }: RunOptions): Promise<string> {
    const limits = {
      ...(workers !== undefined && { maxConcurrency: workers }),
      ...(kmsRequestsPerSecond !== undefined && { kmsRequestsPerSecond }),
    };
    const { executionArn = '' } = await this.#states.send(
      new StartExecutionCommand({
        ...{ stateMachineArn: this.#machine, name: `${job}-${mode}-${Date.now()}-${++this.#runs}` },
        input: JSON.stringify({ job, mode, limits }),
      }),
    );
    return executionArn;
  }

  async end(executionArn: string): Promise<Run> {
    for (;;) {
      const { status, error, cause, startDate, stopDate } = await this.#states.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      if (status === 'RUNNING') {
        await sleep(POLL_MS);
        continue;
      }
      if (status !== 'SUCCEEDED') throw new Error(`a run has ${status}: ${error}: ${cause}`);
      return {
        runId: executionArn.split(':').at(-1) ?? '',
        milliseconds: stopDate!.getTime() - startDate!.getTime(),
        states: await this.#timesOf(executionArn),
      };
    }
  }

  async #timesOf(executionArn: string): Promise<Milliseconds> {
    const { events = [] } = await this.#states.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }),
    );
    const entered = new Map<string, number>();
    const states: Record<string, number> = {};
    for (const { timestamp, stateEnteredEventDetails, stateExitedEventDetails } of events) {
      const at = timestamp?.getTime() ?? 0;
      if (stateEnteredEventDetails?.name !== undefined) entered.set(stateEnteredEventDetails.name, at);
      const { name } = stateExitedEventDetails ?? {};
      if (name !== undefined) states[name] = at - (entered.get(name) ?? at);
    }
    return states;
  }

  close(): void {
    this.#states.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

import { AwsError } from '../protocol/aws-error.ts';

interface MapRunCounts {
  total: number;
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  aborted: number;
  resultsWritten: number;
}

/** One run of a distributed map. Concurrency and tolerance may be changed while it runs (UpdateMapRun). */
export interface MapRun {
  readonly arn: string;
  readonly executionArn: string;
  readonly startedAt: number;
  readonly counts: MapRunCounts;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  stoppedAt?: number;
  maxConcurrency: number;
  toleratedFailurePercentage: number;
  toleratedFailureCount: number;
}

export class MapRuns {
  readonly #runs = new Map<string, MapRun>();

  add(run: MapRun): void {
    this.#runs.set(run.arn, run);
  }

  get(arn: string): MapRun {
    const run = this.#runs.get(arn);
    if (run === undefined) throw new AwsError('ResourceNotFound', `Map Run does not exist: '${arn}'`);
    return run;
  }

  of(executionArn: string): readonly MapRun[] {
    return [...this.#runs.values()].filter(run => run.executionArn === executionArn);
  }
}

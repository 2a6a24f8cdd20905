import type { Fixtures } from './fixtures.ts';

type Service = 'KMS' | 'S3' | 'DynamoDB' | 'Step Functions' | 'Lambda' | 'STS' | 'others';

interface Open {
  /** As the pages name it that assume an answer. */
  readonly id: string;
  readonly service: Service;
  /** What AWS's documentation leaves open, or what nobody here has seen. */
  readonly open: string;
  /** The pages that assume an answer. Each has the id. */
  readonly where: readonly string[];
}

/** A question that a few calls answer. */
export interface Question extends Open {
  readonly calls: string;
  /** What AWS may answer, as far as anybody has thought of it. */
  readonly answers: readonly [string, string, ...string[]];
  /** What the embedded AWS answers: one of these. */
  readonly assumed: string;
  readonly ask: (fixtures: Fixtures) => Promise<string>;
}

/** A question that this test does not ask. */
export interface NotAsked extends Open {
  readonly why: string;
  /** How somebody with an account asks it all the same, where there is a way. */
  readonly byHand?: string;
}

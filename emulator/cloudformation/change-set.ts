import type { Plan } from './plan.ts';
import type { Stack, StackContent, Tag } from './stack.ts';

export interface ChangeSet {
  readonly name: string;
  readonly id: string;
  readonly stack: Stack;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: number;
  readonly plan: Plan;
  /** What the stack was when the plan was made. */
  readonly onContent: StackContent | undefined;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly roleArn: string | undefined;
  readonly description: string | undefined;
  /** Why it cannot be executed. */
  readonly failure: string | undefined;
}

/** What the CDK CLI, too, knows this case by. */
export const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

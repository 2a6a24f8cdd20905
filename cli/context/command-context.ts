import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import type { Caller } from '../../lambda/adapters/aws/caller-trouble.ts';
import type { Console } from './console.ts';

/** What every command gets from the shared options. */
export interface CommandContext {
  readonly console: Console;
  readonly aws: ClientConfig;
  /** For words about credentials, Region and network. */
  readonly caller: Caller;
  /** The deployment that the command is about: the name of its stacks. */
  readonly deployment: string;
}

/** Which deployment, and in which account and Region. */
export type Where = Pick<CommandContext, 'aws' | 'deployment'>;

import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import type { Console } from './console.ts';

/** What every command gets from the shared options. */
export interface CommandContext {
  readonly console: Console;
  readonly aws: ClientConfig;
}

/** The name under which `cdk deploy` deploys the service. */
export const STACK_NAME = 'KmsRewrap';

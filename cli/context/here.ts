import type { Here } from '../next-steps/next-step.ts';
import type { Where } from './command-context.ts';
import { settingsHere } from './settings-here.ts';

/** What the next command has to be told again, to mean the same deployment. */
export function hereOf({ aws, deployment }: Where): Here {
  const { endpoint, region, profile } = aws;
  return {
    ...(typeof endpoint === 'string' && { endpoint }),
    ...(typeof region === 'string' && { region }),
    ...(profile !== undefined && { profile }),
    ...(deployment !== settingsHere().deployment && { deployment }),
  };
}

import type { Command } from 'commander';
import { shared } from './options.ts';

/** `rewrap attest verify`: what the evidence of a run is for. */
export function attestVerifyCommand(attest: Command): Command {
  return shared(
    attest
      .command('verify <report>')
      .description('is a report.json, and the journal of its run, what was signed?'),
  )
    .option(
      '--journal <folder>',
      'a copy of the journal bucket, or s3://BUCKET; by default the folder of the report',
    )
    .option('--public-key <file>', 'PEM; by default the one beside the report')
    .option('--outcomes-only', 'leave out the intents, which few may read');
}

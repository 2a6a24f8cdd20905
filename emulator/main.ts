#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { EmbeddedAws } from './embedded-aws.ts';
import { CannotListen } from './listen.ts';

// The embedded AWS as a process of its own. It prints one line of JSON once it listens, or why it cannot, and ends when its
// standard input does.
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'log-folder': { type: 'string' },
    's3-page-size': { type: 'string' },
    'wait-scale': { type: 'string' },
  },
});

const aws = new EmbeddedAws({
  port: Number(values.port),
  ...(values['log-folder'] !== undefined && { logFolder: values['log-folder'] }),
  ...(values['s3-page-size'] !== undefined && { s3PageSize: Number(values['s3-page-size']) }),
  ...(values['wait-scale'] !== undefined && { waitScale: Number(values['wait-scale']) }),
});

const stop = (): void => void aws.stop().then(() => process.exit(0));
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.stdin.on('end', stop).resume();
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  say({ endpoint: await aws.start() });
} catch (error) {
  if (!(error instanceof CannotListen)) throw error;
  say({ error: { code: error.code, message: error.message } });
  stop();
}

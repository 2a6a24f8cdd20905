// Preloaded into the processes of tests whose project has test/support/bundles/make.ts: lib/functions gets the bundles that were made for
// this run of Jest, where it would have the same ones made.
import childProcess from 'node:child_process';
import { cpSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const { execFileSync } = childProcess;
childProcess.execFileSync = (file, args, ...rest) => {
  const [script, folder] = args;
  if (basename(script) !== 'bundle-handlers.mjs') return execFileSync(file, args, ...rest);
  cpSync(process.env.MADE_BUNDLES, folder, { recursive: true });
  return '';
};
syncBuiltinESMExports();

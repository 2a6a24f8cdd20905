// Compares the licences of all packages with those that are accepted for the place where they are. What the functions carry
// into an account is told by the bundler, not by package.json.
import { bundledFiles } from '../lib/functions/handler-code.ts';
import { refusals } from './licences/judge.mjs';
import { LOCK } from './licences/shipped.mjs';

const refused = refusals(LOCK, bundledFiles());
for (const words of refused) console.error(words);
process.exitCode = refused.length === 0 ? 0 : 1;

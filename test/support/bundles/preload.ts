import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { NODE_OPTIONS = '' } = process.env;
/** For the processes that a test starts: see take.mjs. */
process.env['NODE_OPTIONS'] =
  `${NODE_OPTIONS} --import ${pathToFileURL(resolve(__dirname, 'take.mjs')).href}`.trim();

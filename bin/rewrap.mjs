#!/usr/bin/env node
// Runs the CLI from a cached bundle. If there is none, tsx runs the TypeScript sources.
import { cliBundle } from './cli-bundle.mjs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const bundle = await cliBundle();
if (bundle === undefined) {
  (await import('tsx/esm/api')).register();
  await import('./rewrap.ts');
} else await import(bundle);

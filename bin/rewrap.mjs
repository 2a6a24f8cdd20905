#!/usr/bin/env node
// Runs the CLI: in a checkout from a cached bundle, or the TypeScript sources if there is none; in the package, which has no sources, as it was built.
import { existsSync } from 'node:fs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// The sources decide, and not dist/, which `npm pack` may have left in a checkout long ago.
if (existsSync(new URL('./rewrap.ts', import.meta.url))) await fromSources();
else await import(new URL('../dist/bin/rewrap.js', import.meta.url).href);

async function fromSources() {
  const { cliBundle } = await import('./cli-bundle.mjs');
  const bundle = await cliBundle();
  if (bundle !== undefined) return import(bundle);
  (await import('tsx/esm/api')).register();
  return import('./rewrap.ts');
}

#!/usr/bin/env node
// The CLI is TypeScript and runs as it stands: tsx strips the types on the way in.
import { register } from 'tsx/esm/api';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
register();
await import('./rewrap.ts');

#!/usr/bin/env node
import { JobsRefused } from '../lib/jobs/jobs-refused.ts';
import { rewrapApp } from '../lib/rewrap-app.ts';

try {
  rewrapApp().synth();
} catch (error) {
  if (!(error instanceof JobsRefused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

import { Buffer } from 'node:buffer';
import { canonicalJson } from '../model/canonical-json.ts';
import { digest } from '../model/digest.ts';
import type { Job } from '../model/job.ts';

/** Tells whether a job still says the same about what it moves, and where to: its keys as they are named, route and stores. */
export function jobDigest({ source, destination, route, stores }: Job): string {
  return digest(Buffer.from(canonicalJson({ source, destination, route, stores })));
}

import { createRequire } from 'node:module';
import type { mustFireBy as OfSchedule } from '../core/watch/next-firing.ts';

/** The file beside a function that reads cron expressions, made of core/watch/next-firing.ts (lib/functions/bundle-handlers.mjs). */
const FILE = './next-firing.cjs';

interface NextFiring {
  readonly mustFireBy: typeof OfSchedule;
}

/**
 * When a schedule must have begun a run, read from its file by the watch, once a day. The bundle of Plan has this instead of
 * core/watch/next-firing.ts, so that no run loads the 33 KB that read cron expressions.
 */
export const mustFireBy: typeof OfSchedule = (schedule, after) => file().mustFireBy(schedule, after);

let loaded: NextFiring | undefined;

function file(): NextFiring {
  loaded ??= createRequire(import.meta.url)(FILE) as NextFiring;
  return loaded;
}

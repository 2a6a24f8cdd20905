import type { Telemetry } from '../../lambda/core/account/ports.ts';

/** What nobody reads. */
export const UNHEARD: Telemetry = {
  dataKey: () => undefined,
  dataKeys: () => undefined,
  page: () => undefined,
  damagedJournal: () => undefined,
  unknownJournal: () => undefined,
};

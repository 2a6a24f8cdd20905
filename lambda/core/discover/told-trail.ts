import { gapsIn, type TrailRead } from '../key-users/trail-read.ts';

/** What was read of a trail, and what makes that it may not show every use. Times are ISO 8601. */
export interface ToldTrail extends Omit<TrailRead, 'from' | 'until'> {
  readonly from: string;
  readonly until: string | null;
  readonly gaps: readonly string[];
}

export function toldTrail({ from, until, ...read }: TrailRead): ToldTrail {
  return {
    ...read,
    from: new Date(from).toISOString(),
    until: until === undefined ? null : new Date(until).toISOString(),
    gaps: gapsIn({ from, until, ...read }, 'any key'),
  };
}

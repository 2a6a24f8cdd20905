import { RUN_MODES, type RunMode } from '../model/run.ts';

/** What the input of an execution says, whoever wrote it: as much as can be read. */
export interface AskedRun {
  readonly job?: string;
  readonly mode?: RunMode;
  /** `request`: a person or a program. CloudTrail names them; the input does not. */
  readonly startedBy: 'schedule' | 'request';
  /** The time that the schedule says, ISO 8601. */
  readonly scheduledFor?: string;
}

/** Never refuses: Plan does that, and a refused run is to be listed like any other. */
export function askedRun(input: string | undefined): AskedRun {
  const { job, mode, scheduled, scheduledFor } = fieldsOf(input);
  const known = RUN_MODES.find(one => one === mode);
  return {
    ...(typeof job === 'string' && { job }),
    ...(known !== undefined && { mode: known }),
    startedBy: scheduled === true ? 'schedule' : 'request',
    ...(typeof scheduledFor === 'string' &&
      !Number.isNaN(Date.parse(scheduledFor)) && { scheduledFor: new Date(scheduledFor).toISOString() }),
  };
}

function fieldsOf(input: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const parsed = JSON.parse(input ?? '{}') as unknown;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

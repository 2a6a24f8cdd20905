import { isSureCount } from '../verdict/run-verdict.ts';
import type { Report } from './report.ts';

/** A call to make next, and why. */
export interface NextCall {
  readonly call: string;
  readonly why: string;
}

type Ended = Pick<
  Report,
  'runId' | 'job' | 'mode' | 'verdict' | 'stores' | 'dryRun' | 'keyMaterials' | 'keepsSource'
>;

/** What a person does after this report, in order: lines for a shell. */
export function nextCalls(report: Ended): readonly NextCall[] {
  const [run, job] = [quoted(report.runId), quoted(report.job)];
  const unproven = {
    call: `npx rewrap report ${run} --failures unproven.csv`,
    // A run of these modes keeps no journal, and its checkpoints name no more.
    why:
      report.mode === 'census' || report.mode === 'verify'
        ? 'names data keys that are left, the first hundred of each unit, with the reason'
        : 'names every data key that is left, with the reason',
  };
  switch (report.verdict) {
    case 'failed':
      return [
        { call: `npx rewrap status ${run}`, why: 'shows how far it got' },
        { call: `npx rewrap run ${job}`, why: 'goes on where each record stands, once the cause is mended' },
      ];
    case 'not-proven':
      return [
        unproven,
        { call: `npx rewrap run ${job}`, why: 'moves and asks again, once the reasons are mended' },
      ];
    case 'counted':
      return [
        // What only waits to be moved is no failure.
        ...(isSureCount(report.stores) ? [] : [unproven]),
        { call: `npx rewrap plan ${job}`, why: 'shows work, time and cost' },
        { call: `npx rewrap run ${job}`, why: 'moves them, and verifies' },
      ];
    case 'nothing-to-do':
      return [
        { call: `npx rewrap run ${job} --mode verify`, why: 'asks KMS about each: a census proves nothing' },
      ];
    case 'empty':
      return [{ call: `npx rewrap plan ${job}`, why: 'shows the stores that the job names' }];
    case 'proven':
      return report.keepsSource ? [] : retired(report);
    case 'restored':
      return [{ call: `npx rewrap run ${job} --mode census`, why: 'counts what is under which key now' }];
    case 'not-restored':
      return [unproven];
  }
}

/** Keys that nothing of these stores is under any more. It is advice of that command, not of this page, to disable one. */
function retired({ keyMaterials }: Ended): readonly NextCall[] {
  const left = new Set(keyMaterials.filter(({ after }) => after > 0).map(({ keyArn }) => keyArn));
  const gone = keyMaterials.filter(({ keyArn, before }) => before > 0 && !left.has(keyArn));
  return [...new Set(gone.map(({ keyArn }) => keyArn))].map(keyArn => ({
    call: `npx rewrap retire-check ${quoted(keyArn)}`,
    why: 'says whether anything else still needs this key',
  }));
}

/** As one word of a shell, whatever a name holds. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import { parseKeyReference } from '../model/arn.ts';
import { isSameKey } from '../model/key-use.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import type { LatestRun, LatestRuns } from './ports.ts';

type Keys = Pick<KeysOfRun, 'sources' | 'destination'>;

/** The key that each alias of a job named when the run was planned. */
export function aliasesOf({ sources, destination }: Keys): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...sources, destination].flatMap(({ keyArn, alsoKnownAs }) =>
      alsoKnownAs.filter(name => parseKeyReference(name)?.kind === 'alias').map(alias => [alias, keyArn]),
    ),
  );
}

/** The last run of a job that looked at its stores, in whatever mode. */
export async function lastRun(job: string, runs: LatestRuns): Promise<LatestRun | undefined> {
  const modes = ['census', 'migrate', 'verify'] as const;
  const latest = await Promise.all(modes.map(mode => runs.latest(job, mode)));
  return latest
    .filter(run => run?.startedAt !== undefined)
    .sort((a, b) => String(b?.startedAt).localeCompare(String(a?.startedAt)))[0];
}

/**
 * Aliases that name another key than in the job's last run. Data keys under the former key are foreign to a run that looks
 * for the new one.
 */
export function movedAliases(plan: Keys, last: LatestRun | undefined): readonly string[] {
  if (last === undefined) return [];
  const now = aliasesOf(plan);
  const keys = [...plan.sources, plan.destination];
  return Object.entries(last.aliases ?? {}).flatMap(([alias, then]) => {
    const current = now[alias];
    const gone = keys.some(({ keyArn }) => keyArn === alias);
    if (!gone && (current === undefined || isSameKey(current, then))) return [];
    const known = keys.some(({ keyArn }) => isSameKey(keyArn, then));
    const cure = known
      ? ''
      : `: data keys under ${then} are under none of the job's keys now; name that key in source.keys if they are to move`;
    return [
      `${alias} named ${then} in the run ${last.runId} of ${last.startedAt ?? ''}, and ${gone ? 'is gone' : `names ${current}`} now${cure}`,
    ];
  });
}

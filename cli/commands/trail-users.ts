import { mostUsd } from '../render/most-usd.ts';
import { existsSync } from 'node:fs';
import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { nameOf } from '../../lambda/adapters/aws/errors.ts';
import { readFiles } from '../../lambda/adapters/trail/read-files.ts';
import { TrailInBucket } from '../../lambda/adapters/trail/trail-in-bucket.ts';
import { TrailInFolder } from '../../lambda/adapters/trail/trail-in-folder.ts';
import type { LogFile, TrailListing, TrailSource } from '../../lambda/adapters/trail/trail-source.ts';
import type { TrailInterval } from '../../lambda/core/key-users/log-files.ts';
import type { TrailRead } from '../../lambda/core/key-users/trail-read.ts';
import type { KmsEvent } from '../../lambda/core/key-users/kms-event.ts';
import { UsersOfKey } from '../../lambda/core/key-users/gather-users.ts';
import { readingCost, type ReadingCost } from '../../lambda/core/key-users/reading-cost.ts';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import type { KeyUsage } from '../../lambda/core/retire/ports.ts';
import type { TrailFacts } from '../../lambda/core/retire/trail-findings.ts';
import type { Console } from '../context/console.ts';

export interface TrailOptions {
  /** `s3://BUCKET/PREFIX`, or a folder. */
  readonly trail?: string;
  readonly trailRegion?: string;
  readonly trailDays: number;
  /** US dollars that reading may cost at most. */
  readonly budget: number;
  readonly contextValues?: boolean;
}

interface Reading extends TrailOptions {
  readonly trail: string;
  /** Of the budget, what something else may cost. @default nothing */
  readonly reserved?: number;
}

interface AskedOfTrail {
  /** Of the key. */
  readonly account: string;
  readonly region: string;
  readonly now: number;
  readonly clients: AwsClients;
  readonly console: Console;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

interface TrailOfKey extends Omit<AskedOfTrail, 'account' | 'region'> {
  readonly keyArn: string;
  /** As it was named: a call that failed may have named the same alias. */
  readonly named: string;
  readonly ownRoles: () => Promise<readonly string[]>;
}

/** What `retire-check` asks of a trail; `undefined` where none is named. */
export function trailPort(
  options: TrailOptions,
  { keyArn, named, ownRoles, ...asked }: TrailOfKey,
): ((usage: KeyUsage) => Promise<TrailFacts>) | undefined {
  const { trail, contextValues = false } = options;
  if (trail === undefined) return undefined;
  return async usage => {
    const [, , , region = '', account = ''] = keyArn.split(':');
    const [alias] = /alias\/.+$/.exec(named) ?? [];
    const aliases = alias === undefined ? [] : [alias];
    const awaited = usage.kind === 'used' ? usage.eventId : undefined;
    const users = new UsersOfKey({ keyArn, aliases }, { withValues: contextValues, awaited });
    const read = await readTrail({ ...options, trail }, { ...asked, account, region }, users);
    return { ...read, ...users.gathered(), hasLastUse: users.hasAwaited, ownRoles: await ownRoles() };
  };
}

/**
 * Reads the log files of a trail for the account and Region of a key, once it has said what that may cost.
 *
 * @throws RunRefused where there is no such trail, or where reading it could cost more than the budget
 */
export async function readTrail(
  options: Reading,
  asked: AskedOfTrail,
  events: { readonly add: (event: KmsEvent) => void },
): Promise<TrailRead> {
  const { trail, trailDays, budget, reserved = 0 } = options;
  const source = sourceOf(options, asked);
  const { account, region, now, console } = asked;
  const from = now - trailDays * DAY_MS;
  const { files, requests } = await listed(trail, source, { account, region, from });
  const words = costWords({ trail, files }, readingCost(files, requests), asked);
  if (readingCost(files, requests).usd + reserved > budget)
    throw new RunRefused(
      'cli.trailBudget',
      `${words}; the budget is $${budget}${reserved === 0 ? '' : `, with ${mostUsd(reserved)} for the stores`}: raise --budget, lower --trail-days, or copy the files into a folder and name that`,
    );
  console.note(words);
  let read = 0;
  const counts = await readFiles(source, files, {
    event: one => events.add(one),
    file: () => console.progress({ read: ++read, of: files.length }, { line: readLine, screen: readLine }),
  });
  console.progressDone();
  return {
    ...{ trail, from, files: files.length, ...counts },
    until:
      files.length === 0
        ? undefined
        : files.reduce((last, { deliveredAt }) => Math.max(last, deliveredAt), 0) + MINUTE_MS - 1,
    daysWithoutFile: daysWithout(files, { from, now }),
  };
}

function sourceOf({ trail = '', trailRegion }: TrailOptions, { region, clients }: AskedOfTrail): TrailSource {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/su.exec(trail) ?? [];
  if (bucket !== undefined) return new TrailInBucket(clients.s3(trailRegion ?? region), { bucket, prefix });
  if (!existsSync(trail))
    throw new RunRefused(
      'cli.noTrail',
      `${trail} is no folder here: write s3://BUCKET/PREFIX, or a folder with files that CloudTrail has written`,
    );
  return new TrailInFolder(trail);
}

async function listed(trail: string, source: TrailSource, interval: TrailInterval): Promise<TrailListing> {
  try {
    return await source.list(interval);
  } catch (error) {
    if (nameOf(error) === 'PermanentRedirect')
      throw new RunRefused(
        'cli.trailRegion',
        `the bucket of ${trail} is in another Region: name it with --trail-region`,
      );
    throw error;
  }
}

function costWords(
  { trail, files }: { readonly trail: string; readonly files: readonly LogFile[] },
  { requests, bytes, usd }: ReadingCost,
  { account, region }: AskedOfTrail,
): string {
  const what = `${trail}: ${files.length.toLocaleString('en-US')} log ${files.length === 1 ? 'file' : 'files'} of account ${account} in ${region}, ${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return requests === 0
    ? what
    : `${what}: ${requests.toLocaleString('en-US')} requests that only read, for at most ${mostUsd(usd)}`;
}

function readLine({ read, of }: { readonly read: number; readonly of: number }): string {
  return `${read.toLocaleString('en-US')} of ${of.toLocaleString('en-US')} log ${of === 1 ? 'file' : 'files'} read`;
}

/** Days of UTC that no file was delivered on. */
function daysWithout(
  files: readonly LogFile[],
  { from, now }: { readonly from: number; readonly now: number },
): number {
  const day = (time: number): number => Math.floor(time / DAY_MS);
  const delivered = new Set(files.map(({ deliveredAt }) => day(deliveredAt)));
  const days = Array.from({ length: day(now) - day(from) + 1 }, (_, index) => day(from) + index);
  return days.filter(one => !delivered.has(one)).length;
}

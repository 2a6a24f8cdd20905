/** What the name of a log file says (CloudTrail user guide, "CloudTrail log file name format"). */
export interface LogFileName {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. Its records are of any time before. */
  readonly deliveredAt: number;
}

const NAME =
  /(?:^|\/)(\d{12})_CloudTrail_([a-z]{2,4}(?:-[a-z]+)+-\d)_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})Z_[^/_]+\.json(?:\.gz)?$/;

/** `undefined` for anything else, such as a digest file, which has `CloudTrail-Digest` in its name. */
export function logFileName(path: string): LogFileName | undefined {
  const [, account, region, year, month, day, hour, minute] = NAME.exec(path) ?? [];
  if (account === undefined || region === undefined) return undefined;
  const deliveredAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return { account, region, deliveredAt };
}

/** Whose files are asked for, and of which time. */
export interface TrailInterval {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** Events of the interval are in no file that was delivered before it. A file of the minute in which it begins counts. */
export function isInInterval(name: LogFileName, { account, region, from }: TrailInterval): boolean {
  return name.account === account && name.region === region && name.deliveredAt >= from - 60_000;
}

/** The folder of a trail's files in one Region, below the folder of an account. */
export function regionFolder(accountFolder: string, region: string): string {
  return `${accountFolder}CloudTrail/${region}/`;
}

/** The folder of one day, in UTC. Their names sort by time. */
export function dayFolder(regionalFolder: string, time: number): string {
  return `${regionalFolder}${new Date(time).toISOString().slice(0, 10).replaceAll('-', '/')}/`;
}

/** The last part of a folder, if an organization may have it as its id (Organizations API reference). */
export function organizationIn(folder: string): string | undefined {
  return /(?:^|\/)(o-[a-z0-9]{10,32})\/$/.exec(folder)?.[1];
}

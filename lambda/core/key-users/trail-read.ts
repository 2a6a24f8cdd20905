/** What was read of a trail. Times are milliseconds since 1970. */
export interface TrailRead {
  /** `s3://BUCKET/PREFIX`, or a folder. */
  readonly trail: string;
  /** The time that the files are asked about begins here. */
  readonly from: number;
  /** The end of the minute in which the newest of the files was delivered; `undefined` without files. */
  readonly until: number | undefined;
  readonly files: number;
  /** Files that could not be read to their end, with the reason. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
  readonly records: number;
  /** Calls of KMS with whatever key. */
  readonly kmsRecords: number;
  /** Records that may be calls of KMS and are not as CloudTrail documents them. */
  readonly unreadable: number;
  /** Days of UTC without a file. */
  readonly daysWithoutFile: number;
}

/** What makes that it may not show every use, by what it is itself. `about`: one key, or any. */
export function gapsIn(
  { files, kmsRecords, damaged, unreadable }: TrailRead,
  about: string,
): readonly string[] {
  const [first] = damaged;
  return [
    ...(files === 0 ? ['it has no log file of this account and Region in that time'] : []),
    ...(files > 0 && kmsRecords === 0
      ? ['no call of KMS at all is in it: trails may leave out KMS, or whatever only reads']
      : []),
    ...(first === undefined
      ? []
      : [
          `${damaged.length} of ${files} log files could not be read to their end: ${first.file} ${first.reason}`,
        ]),
    ...(unreadable > 0
      ? [`${unreadable} records are not as CloudTrail documents them, and may be about ${about}`]
      : []),
  ];
}

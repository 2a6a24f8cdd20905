/** Amazon S3 pricing, us-east-1: listings and reads of S3 Standard, and transfer out to the internet, the first 10 TB. */
const USD = { list: 0.005 / 1_000, get: 0.0004 / 1_000, gigabyteOut: 0.09 } as const;

export interface ReadingCost {
  readonly requests: number;
  readonly bytes: number;
  /** US dollars, at most: read from outside of AWS. */
  readonly usd: number;
}

/** What it takes to read so many log files, once they are listed. */
export function readingCost(files: readonly { readonly size: number }[], listings: number): ReadingCost {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    ...{ requests: listings + files.length, bytes },
    usd: listings * USD.list + files.length * USD.get + (bytes / 1024 ** 3) * USD.gigabyteOut,
  };
}

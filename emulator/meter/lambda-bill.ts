/** What an invocation took, as its sandbox tells. */
export interface Invoked {
  readonly functionName: string;
  readonly region: string;
  readonly logGroup: string;
  readonly memoryMb: number;
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly peakResidentBytes: number;
}

const ID = '00000000-0000-0000-0000-000000000000';

/** The lines that Lambda itself writes for an invocation, in its text format (Lambda developer guide, "Working with logs"). */
export function platformLines({ milliseconds, memoryMb, peakResidentBytes }: Invoked): readonly string[] {
  const duration = milliseconds.toFixed(2);
  const used = Math.ceil(peakResidentBytes / 1024 ** 2);
  return [
    `START RequestId: ${ID} Version: $LATEST`,
    `END RequestId: ${ID}`,
    `REPORT RequestId: ${ID}\tDuration: ${duration} ms\tBilled Duration: ${Math.ceil(milliseconds)} ms\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${used} MB\t`,
  ];
}

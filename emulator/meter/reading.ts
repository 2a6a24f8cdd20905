/** What was asked of one operation of a service, in one Region. */
export interface CountedRequests {
  readonly service: string;
  readonly region: string;
  /** As the API reference names it. Empty if this AWS does not have it. */
  readonly operation: string;
  readonly requests: number;
  /** Those that were answered with an error. */
  readonly failed: number;
  /** Request lines, headers and bodies. */
  readonly bytesIn: number;
  /** Status lines, headers and bodies. */
  readonly bytesOut: number;
}

export interface TableUnits {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface BucketUse {
  /** PUT, COPY, POST and LIST requests. */
  readonly writes: number;
  /** GET, HEAD and all others. */
  readonly reads: number;
  /** DELETE and abort requests, which cost nothing. */
  readonly free: number;
  /** Versions that lie there now. Delete markers are not counted. */
  readonly objects: number;
  /** Bytes of their bodies. */
  readonly storedBytes: number;
}

export interface FunctionUse {
  readonly invocations: number;
  readonly memoryMb: number;
  /** Each rounded up to a millisecond, as Lambda bills. As it ran here: the machine is not Lambda's. */
  readonly billedMilliseconds: number;
  readonly gigabyteSeconds: number;
  /** User and system time of the sandboxes during the invocations. */
  readonly cpuMilliseconds: number;
  /** The most that one sandbox had resident, since it was started. 0 where the system does not tell. */
  readonly peakResidentBytes: number;
}

export interface LogUse {
  readonly events: number;
  readonly bytes: number;
}

/** Everything billable since the meter was reset. Places are `REGION/NAME`. */
export interface MeterReading {
  readonly requests: readonly CountedRequests[];
  /** By table. */
  readonly dynamodb: Readonly<Record<string, TableUnits>>;
  /** By bucket. */
  readonly s3: Readonly<Record<string, BucketUse>>;
  /** Requests by the key that they name. */
  readonly kms: Readonly<Record<string, number>>;
  /** By function. */
  readonly lambda: Readonly<Record<string, FunctionUse>>;
  readonly stepFunctions: { readonly transitions: number };
  /** By log group. */
  readonly logs: Readonly<Record<string, LogUse>>;
  /** Distinct custom metrics: namespace, dimensions and name. */
  readonly customMetrics: number;
}

/** Where a client works, and the KMS key that it is configured with. */
export interface Place {
  readonly endpoint: string;
  readonly keyArn: string;
}

/** What a client has written, as it needs it to read it again. It is carried as JSON. */
export interface Written {
  /** How many data keys there are now. */
  readonly dataKeys: number;
  readonly tables?: readonly string[];
  readonly buckets?: readonly string[];
  /** What only the client itself understands. */
  readonly details: unknown;
}

/** Software of others that stores data keys. */
export interface Client {
  /** The name of its job, too. */
  readonly name: string;
  /** The package and its version. */
  readonly software: string;
  write(place: Place): Promise<Written>;
  /** @throws Error if it cannot read something, or reads something else */
  read(place: Place, written: Written): Promise<void>;
}

/** @throws Error if a client read something else than it wrote */
export function same(what: string, read: unknown, written: unknown): void {
  if (read !== written) throw new Error(`${what}: something else was read than was written`);
}

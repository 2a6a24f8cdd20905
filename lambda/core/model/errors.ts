/**
 * Errors that end a run. Their `name` is what Step Functions and the CLI match on, so it is API:
 * renaming one breaks Retry and Catch clauses that are already deployed.
 */
export abstract class RewrapError extends Error {
  /** `folder.what`, owned by the folder that throws it. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nothing was started, because the input or a premise is wrong. The message has one line for each problem. */
export class RunRefused extends RewrapError {
  override readonly name = 'RunRefused';
}

/** A premise of the whole run no longer holds: access, a key's state, a store. Every worker stops. */
export class PremiseBroken extends RewrapError {
  override readonly name = 'PremiseBroken';
}

/** A service did not answer, or throttled, until all retries were used up. Step Functions retries, because this usually passes. */
export class ServiceUnavailable extends RewrapError {
  override readonly name = 'ServiceUnavailable';
}

/** Another invocation has advanced this unit. Step Functions retries, and the retry continues from the ledger. */
export class UnitConflict extends RewrapError {
  override readonly name = 'UnitConflict';
}

/** in-toto attestation framework, Statement v1. */
export const STATEMENT = 'https://in-toto.io/Statement/v1';
/** An identifier and no address: the name ends in `.invalid` (RFC 2606), so that nobody can own it. */
export const PREDICATE_TYPE = 'https://kms-rewrap.invalid/run-evidence/v1';

/** The files of the evidence of a run, under `evidence/` beside its report, and the names of subjects. */
export const EVIDENCE = {
  /** In the folder of the run. */
  report: 'report.json',
  /** The end of each unit's chain, a line for each. */
  seals: 'evidence/seals.jsonl',
  bom: 'evidence/cbom.cdx.json',
  statement: 'evidence/statement.dsse.json',
  publicKey: 'evidence/public-key.pem',
} as const;

/** The subject whose digest is the root of the Merkle tree over the lines of the seals. */
export const JOURNAL_SUBJECT = 'journal';

import { EVIDENCE } from '../evidence/names.ts';

/** The files of a pack, beside the evidence and the journal objects, which have the names that they have in their buckets. */
export const PACK = {
  readme: 'README.txt',
  reportPage: 'report.html',
  /** SHA-256 of every other file, as sha256sum reads it. It comes last. */
  sums: 'SHA256SUMS',
  keyStates: 'aws/key-states.json',
  permissions: 'aws/permissions.json',
  trail: 'aws/trail.json',
  /** With a number and `.jsonl` behind it. */
  trailEvents: 'aws/trail-events-',
} as const;

/** Files that whoever packs takes from the folder of the run, as they are. */
export const FILES_OF_RUN = [
  EVIDENCE.report,
  PACK.reportPage,
  EVIDENCE.statement,
  EVIDENCE.seals,
  EVIDENCE.bom,
  EVIDENCE.publicKey,
] as const;

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { JournalKind } from '../model/seal.ts';

/**
 * One byte before everything that is hashed says what it is, so that nothing can be passed off as something else. The Merkle
 * tree has 0x00 and 0x01 (RFC 6962).
 */
const UNIT = Buffer.of(0x02);
const OBJECT = Buffer.of(0x03);
const LINE = Buffer.of(0x04);

/** One kind of the journal of one unit. */
export interface ChainOfUnit {
  readonly kind: JournalKind;
  readonly job: string;
  readonly runId: string;
  readonly unitId: string;
}

/** Where the chain of a unit begins: no chain can stand for that of another unit or run. */
export function unitStart({ kind, job, runId, unitId }: ChainOfUnit): string {
  return sha256(UNIT, JSON.stringify([kind, job, runId, unitId]));
}

/** Where the lines of an object begin: after the end of the object before it, and under its own name. */
export function objectStart(after: string, name: string): string {
  return sha256(OBJECT, Buffer.from(after, 'hex'), name);
}

/** Of a line without its seal, at its place among the lines of its object. */
export function lineLink(after: string, place: string, line: string): string {
  return sha256(LINE, Buffer.from(after, 'hex'), `${place}\n`, line);
}

function sha256(...parts: readonly (Buffer | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

import { hash } from 'node:crypto';
import type { JournalKind } from '../model/seal.ts';

/**
 * One byte before everything that is hashed says what it is, so that nothing can be passed off as something else. The Merkle
 * tree has 0x00 and 0x01 (RFC 6962). Hashes are hashed as hex, so that all of it is one text: that takes the least time.
 */
const UNIT = '\x02';
const OBJECT = '\x03';
const LINE = '\x04';

/** One kind of the journal of one unit. */
export interface ChainOfUnit {
  readonly kind: JournalKind;
  readonly job: string;
  readonly runId: string;
  readonly unitId: string;
}

/** Where the chain of a unit begins: no chain can stand for that of another unit or run. */
export function unitStart({ kind, job, runId, unitId }: ChainOfUnit): string {
  return hash('sha256', UNIT + JSON.stringify([kind, job, runId, unitId]), 'hex');
}

/** The link of an object: after the end of the object before it, under its own name, over its lines without their seals. */
export function objectEnd(after: string, name: string, lines: readonly string[]): string {
  return hash('sha256', `${OBJECT}${after}${name}\n${lines.join('\n')}`, 'hex');
}

/** Tells which line of a changed object was changed. It proves nothing: the end of the object does. */
export function lineMark(line: string): string {
  return hash('sha256', LINE + line, 'hex').slice(0, 8);
}

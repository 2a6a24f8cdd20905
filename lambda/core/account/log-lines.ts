import { Buffer } from 'node:buffer';
import { materialId } from '../model/books.ts';
import type { OutcomeEntry } from '../journal/entries.ts';

/**
 * What a line of the log says once for many data keys. It has what a line for one data key has, except for its digest, which
 * the journal holds.
 */
export interface DataKeysLine extends Omit<OutcomeEntry, 'schema' | 'locator' | 'slot' | 'digest'> {
  readonly dataKeys: number;
  /** Where they are. */
  readonly at: readonly {
    readonly slot: string;
    readonly locators: readonly string[];
  }[];
}

export interface LogLines {
  /** Data keys that are named in a line of their own. */
  readonly single: readonly OutcomeEntry[];
  readonly shared: readonly DataKeysLine[];
}

/**
 * A line of Lambda's log is cut at 256 KB (262,144 bytes). The longest locator, a primary key of 2 + 1 KB whose every byte is
 * escaped to seven, has some 22,000 bytes, and the rest of a line some 2,000: 200,000 and one more locator always fit.
 */
const MOST_LOCATOR_BYTES = 200_000;

/**
 * The lines of a page: one for the data keys that have the same outcome and the same key materials, and one for each data key
 * that is not as it should be.
 */
export function logLines(entries: readonly OutcomeEntry[], log: 'page' | 'each'): LogLines {
  if (log === 'each') return { single: entries, shared: [] };
  const groups = new Map<string, OutcomeEntry[]>();
  const single: OutcomeEntry[] = [];
  for (const entry of entries) {
    if (!isAsItShouldBe(entry)) {
      single.push(entry);
      continue;
    }
    const same = sameWords(entry);
    const group = groups.get(same) ?? [];
    group.push(entry);
    groups.set(same, group);
  }
  return { single, shared: [...groups.values()].flatMap(group => fitting(group).map(lineOf)) };
}

/** Nobody has to look at it. KMS itself has said of a foreign data key that another key made it. */
function isAsItShouldBe({ outcome, reason }: OutcomeEntry): boolean {
  return reason === undefined || outcome === 'foreign-key';
}

/** The same text for entries of which a line says the same. */
function sameWords({ store, outcome, reason, copied, route, source, destination }: OutcomeEntry): string {
  const materials = [source, destination].map(one => one && materialId(one));
  return [store, outcome, copied, route, ...materials, reason].join(' ');
}

function saidOnce(entry: OutcomeEntry): Omit<DataKeysLine, 'dataKeys' | 'at'> {
  const { store, outcome, reason, copied, route, source, destination } = entry;
  return {
    ...{ store, outcome },
    ...(reason !== undefined && { reason }),
    ...(copied !== undefined && { copied }),
    ...(route !== undefined && { route }),
    ...(source !== undefined && { source }),
    ...(destination !== undefined && { destination }),
  };
}

function fitting(group: readonly OutcomeEntry[]): readonly (readonly OutcomeEntry[])[] {
  const lines: OutcomeEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of group) {
    if (bytes > MOST_LOCATOR_BYTES) {
      lines.push([]);
      bytes = 0;
    }
    lines.at(-1)?.push(entry);
    // Where each locator has a slot of its own, the line says as much again about the slot.
    bytes += writtenBytes(entry.locator) + writtenBytes(entry.slot);
  }
  return lines;
}

/** Control characters take six bytes, and quotes two. */
function writtenBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function lineOf(entries: readonly OutcomeEntry[]): DataKeysLine {
  const slots = new Map<string, string[]>();
  for (const { slot, locator } of entries) {
    const locators = slots.get(slot) ?? [];
    locators.push(locator);
    slots.set(slot, locators);
  }
  return {
    ...saidOnce(entries[0] as OutcomeEntry),
    dataKeys: entries.length,
    at: [...slots].map(([slot, locators]) => ({ slot, locators })),
  };
}

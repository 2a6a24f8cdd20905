import type { Seal } from '../model/seal.ts';
import { lineLink, objectStart, unitStart, type ChainOfUnit } from './chain.ts';

export interface SealedObject {
  /** JSON Lines. */
  readonly text: string;
  /** The unit after this object. */
  readonly seal: Seal;
}

interface ObjectToSeal {
  /** Its whole name in the journal. */
  readonly name: string;
  readonly unit: ChainOfUnit;
  /** The unit before this object. @default nothing of it is journalled yet */
  readonly after?: Seal | undefined;
}

/**
 * The lines of a journal object, each with its link of the chain as its last field: `"seal":"2/7:HASH"` is the second of seven
 * lines. The first line names the end of the object before it, too.
 */
export function sealObject(entries: readonly object[], { name, unit, after }: ObjectToSeal): SealedObject {
  const before = after?.head ?? unitStart(unit);
  let head = objectStart(before, name);
  const lines = entries.map((entry, index) => {
    const line = JSON.stringify(entry);
    const place = `${index + 1}/${entries.length}`;
    head = lineLink(head, place, line);
    return `${line.slice(0, -1)},"seal":"${place}:${head}${index === 0 ? `:${before}` : ''}"}\n`;
  });
  return {
    text: lines.join(''),
    seal: { head, objects: (after?.objects ?? 0) + 1, lines: (after?.lines ?? 0) + entries.length },
  };
}

import type { Seal } from '../model/seal.ts';
import { lineMark, objectEnd, unitStart, type ChainOfUnit } from './chain.ts';

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
 * The lines of a journal object, each with a seal as its last field: `"seal":"2/7:MARK"` is the second of seven lines. The first
 * one names the end of the object before it, too, and the last one the end of this object.
 */
export function sealObject(entries: readonly object[], { name, unit, after }: ObjectToSeal): SealedObject {
  const before = after?.head ?? unitStart(unit);
  const lines = entries.map(entry => JSON.stringify(entry));
  const head = objectEnd(before, name, lines);
  const total = lines.length;
  const sealed = lines.map((line, index) => {
    const ends = `${index === 0 ? `:after=${before}` : ''}${index === total - 1 ? `:end=${head}` : ''}`;
    return `${line.slice(0, -1)},"seal":"${index + 1}/${total}:${lineMark(line)}${ends}"}\n`;
  });
  return {
    text: sealed.join(''),
    seal: { head, objects: (after?.objects ?? 0) + 1, lines: (after?.lines ?? 0) + total },
  };
}

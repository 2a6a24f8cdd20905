import * as z from 'zod/mini';
import type { BoundFormat, FormatDefinition } from '../../lambda/core/model/format.ts';
import type { DataKeyPlace } from '../../lambda/core/model/place.ts';
import type {
  AttributePath,
  AttributeValue,
  ItemRecord,
  StoreRecord,
} from '../../lambda/core/model/record.ts';
import { forEveryDestination } from './bound.ts';
import { valueAt } from '../../lambda/core/places/value-at.ts';

const config = z.object({
  type: z.literal('many'),
  /** The record has one label, which names the key of all its data keys. */
  sharedKeyArn: z.optional(z.boolean()),
  /** The record has a version that each write increments. */
  version: z.optional(z.boolean()),
});

/** Any number of data keys in one item: `keys[0].edk`, `keys[1].edk`, … */
export const manySlots: FormatDefinition = {
  name: 'many',
  records: ['item'],
  configSchema: config,
  asymmetric: true,
  configure: given => forEveryDestination(slots(config.parse(given))),
};

function slots({ sharedKeyArn = false, version = false }: z.output<typeof config>): BoundFormat {
  return {
    identity: 'keys',
    keepsSource: false,
    needs: [],
    contextNames: { source: [], templates: 1 },
    declared: [['keys'], ['keyArn'], ['version']],
    problems: [],
    read: record => {
      const label = sharedKeyArn ? valueAt(item(record).attributes, ['keyArn']) : undefined;
      return slotsOf(record).map(([slot, ciphertext]) => ({
        kind: 'data-key',
        ...{ slot, ciphertext },
        contexts: [{ source: {}, destination: {} }],
        readerContexts: [{}],
        ...(label !== undefined && 'S' in label && { recordedKeyArn: label.S }),
      }));
    },
    replace: (record, replacements) => {
      const place = (
        path: AttributePath,
        after: AttributeValue,
        about: Pick<DataKeyPlace, 'role' | 'slots'>,
      ) => ({
        ...{ path, before: valueAt(item(record).attributes, path), after },
        ...about,
      });
      const keyArn = { S: replacements[0]?.destination.keyArn ?? '' };
      const slots = replacements.map(({ slot }) => slot);
      return [
        ...replacements.map(({ slot, ciphertext }) =>
          place(pathOf(slot), { B: ciphertext }, { role: 'data-key', slots: [slot] }),
        ),
        ...(sharedKeyArn ? [place(['keyArn'], keyArn, { role: 'companion', slots })] : []),
        ...(version ? [place(['version'], raised(record), { role: 'version', slots: [] })] : []),
      ];
    },
  };
}

function raised(record: StoreRecord): AttributeValue {
  const held = valueAt(item(record).attributes, ['version']);
  return { N: String(Number(held !== undefined && 'N' in held ? held.N : 0) + 1) };
}

function slotsOf(record: StoreRecord): readonly (readonly [string, Uint8Array])[] {
  const keys = item(record).attributes['keys'];
  if (keys === undefined || !('L' in keys)) return [];
  return keys.L.flatMap((key, index) => {
    const edk = 'M' in key ? key.M['edk'] : undefined;
    return edk !== undefined && 'B' in edk ? [[`keys[${index}].edk`, edk.B] as const] : [];
  });
}

function pathOf(slot: string): AttributePath {
  return ['keys', Number(/\d+/.exec(slot)?.[0]), 'edk'];
}

function item(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item') throw new TypeError('many data keys lie in items');
  return record;
}

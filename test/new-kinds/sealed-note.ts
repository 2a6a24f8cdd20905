// The smallest possible format. The test copies it to lambda/formats/sealed-note/index.ts.
import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import { configuredFormat, type BoundFormat, type FormatDefinition } from '../../core/model/format.ts';
import { heldAt } from '../../core/places/held-at.ts';
import { strictObject, text } from '../../core/schema/strict-object.ts';

const config = strictObject(
  { type: z.literal('sealed-note'), seal: text('the name of a seal') },
  'a sealed note',
);

/** A data key in base64 at one attribute. */
export const sealedNoteFormat: FormatDefinition = {
  name: 'sealed-note',
  records: ['item'],
  asymmetric: false,
  configSchema: config,
  configure(given) {
    const { seal } = config.parse(given);
    return configuredFormat(
      {
        identity: seal,
        keepsSource: false,
        needs: [],
        contextNames: { source: [], templates: 1 },
        declared: [[seal]],
        problems: [],
      },
      () => reading(seal),
    );
  },
};

function reading(seal: string): Pick<BoundFormat, 'read' | 'replace'> {
  return {
    read(record) {
      const held = heldAt(record, [seal]);
      if (held === undefined || !('S' in held)) return [];
      const ciphertext = Buffer.from(held.S, 'base64');
      const contexts = [{ source: {}, destination: {} }];
      return [{ kind: 'data-key', slot: seal, ciphertext, contexts, readerContexts: [{}] }];
    },
    replace: (record, replacements) =>
      replacements.map(({ slot, ciphertext }) => ({
        path: [seal],
        before: heldAt(record, [seal]),
        after: { S: Buffer.from(ciphertext).toString('base64') },
        role: 'data-key',
        slots: [slot],
      })),
  };
}

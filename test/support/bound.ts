import type {
  BoundFormat,
  ConfiguredFormat,
  Destination,
  FormatDefinition,
} from '../../lambda/core/model/format.ts';
import { attributeFormat } from '../../lambda/formats/attribute/index.ts';
import { objectMetadataFormat } from '../../lambda/formats/object-metadata/index.ts';
import { NEW_KEY } from './builders.ts';

export const NEW_DESTINATION: Destination = {
  keyArn: NEW_KEY,
  encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  startedAt: '2026-11-01T00:00:00.000Z',
};

/** A format bound to the new key, as in a run: it reads and changes records. */
export function bound(
  definition: FormatDefinition,
  config: object,
  destination = NEW_DESTINATION,
  storeName = 'Orders',
): BoundFormat {
  return definition.configure(config, storeName).bind(destination);
}

/** A format that does not depend on the destination. */
export function forEveryDestination(format: BoundFormat): ConfiguredFormat {
  return { ...format, bind: () => format };
}

/** A format with data keys in the given attribute of items. */
export function attributeAt(dataKey: string): BoundFormat {
  return bound(attributeFormat, { type: 'attribute', dataKey });
}

/** A format with data keys in the given metadata entry of objects. */
export function metadataAt(dataKey: string): BoundFormat {
  return bound(objectMetadataFormat, { type: 'object-metadata', dataKey });
}

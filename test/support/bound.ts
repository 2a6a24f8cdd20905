import type {
  BoundFormat,
  ConfiguredFormat,
  Destination,
  FormatDefinition,
} from '../../lambda/core/model/format.ts';
import { attributeFormat } from '../../lambda/formats/attribute/index.ts';
import { objectMetadataFormat } from '../../lambda/formats/object-metadata/index.ts';
import { NEW_KEY } from './builders.ts';

const NEW: Destination = { keyArn: NEW_KEY, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' };

/** A format that reads and changes records, as a run to the new key has it. */
export function bound(definition: FormatDefinition, config: object, destination = NEW): BoundFormat {
  return definition.configure(config).bind(destination);
}

/** A format that is the same for every destination. */
export function forEveryDestination(format: BoundFormat): ConfiguredFormat {
  return { ...format, bind: () => format };
}

/** Data keys in that attribute of items. */
export function attributeAt(dataKey: string): BoundFormat {
  return bound(attributeFormat, { type: 'attribute', dataKey });
}

/** Data keys in that entry of the metadata of objects. */
export function metadataAt(dataKey: string): BoundFormat {
  return bound(objectMetadataFormat, { type: 'object-metadata', dataKey });
}

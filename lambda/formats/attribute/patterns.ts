import type { PlacePattern } from '../../core/model/place.ts';
import { mapContexts } from '../context-template.ts';
import type { ContextPlace } from '../patterns/context-value.ts';
import type { PatternFormat } from '../patterns/pattern-format.ts';
import { valueEncoding } from '../value-encoding.ts';
import type { AttributeConfig } from './config.ts';
import { needPlace, type Written } from './place.ts';

/** A configuration with its places read. */
export function patternsOf(config: AttributeConfig): PatternFormat {
  const { writeTo } = config;
  return {
    encoding: valueEncoding(config.encoding),
    places: {
      ...companionsOf(config),
      dataKey: needPlace(config.dataKey),
      version: optional(config.version),
      writeTo: writeTo && {
        ...companionsOf(writeTo),
        dataKey: needPlace(writeTo.dataKey),
        sourceDigest: optional(writeTo.sourceDigest),
      },
    },
    ...mapContexts(config, (place): ContextPlace =>
      'attribute' in place ? { at: needPlace(place.attribute) } : place,
    ),
  };
}

function companionsOf({
  keyArn,
  encryptionAlgorithm,
}: Pick<AttributeConfig, 'keyArn' | 'encryptionAlgorithm'>) {
  return { keyArn: optional(keyArn), encryptionAlgorithm: optional(encryptionAlgorithm) };
}

function optional(written: Written | undefined): PlacePattern | undefined {
  return written === undefined ? undefined : needPlace(written);
}

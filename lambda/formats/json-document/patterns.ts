import type { PlacePattern } from '../../core/model/place.ts';
import { annotation } from '../annotations.ts';
import { needPlace } from '../attribute/place.ts';
import { mapContexts } from '../context-template.ts';
import { objectContext } from '../object-places.ts';
import type { ContextPlace } from '../patterns/context-value.ts';
import type { PatternFormat } from '../patterns/pattern-format.ts';
import { valueEncoding } from '../value-encoding.ts';
import type { JsonDocumentConfig } from './config.ts';
import { documentStep, placeIn, type WrittenPlace } from './pointer.ts';

/** A configuration with its places read. */
export function patternsOf(config: JsonDocumentConfig): PatternFormat {
  const { writeTo } = config;
  const document = [...containerOf(config.in), ...config.opens.map(documentStep)];
  const at = (written: WrittenPlace): PlacePattern => {
    const steps = placeIn(written);
    if (steps === undefined) throw new TypeError(`no place in a document: ${JSON.stringify(written)}`);
    return [...document, ...steps];
  };
  const optional = (written: WrittenPlace | undefined): PlacePattern | undefined =>
    written === undefined ? undefined : at(written);
  const companions = (of: {
    readonly keyArn?: WrittenPlace | undefined;
    readonly encryptionAlgorithm?: WrittenPlace | undefined;
  }) => ({
    keyArn: optional(of.keyArn),
    encryptionAlgorithm: optional(of.encryptionAlgorithm),
  });
  return {
    encoding: valueEncoding(config.encoding),
    places: {
      ...companions(config),
      dataKey: at(config.dataKey),
      writeTo: writeTo && {
        ...companions(writeTo),
        dataKey: at(writeTo.dataKey),
        sourceDigest: optional(writeTo.sourceDigest),
      },
    },
    ...mapContexts(config, (place): ContextPlace => {
      if ('pointer' in place) return { at: at(place.pointer) };
      return 'attribute' in place ? { at: needPlace(place.attribute) } : asIs(place);
    }),
  };
}

/** Where the document is. */
function containerOf(place: JsonDocumentConfig['in']): PlacePattern {
  if (place === 'body') return [{ part: 'body' }];
  if ('annotation' in place) return [annotation(place.annotation)];
  return 'attribute' in place ? needPlace(place.attribute) : [place.metadata];
}

function asIs(
  place: Parameters<typeof objectContext>[0] | Exclude<ContextPlace, { at: PlacePattern }>,
): ContextPlace {
  return 'metadata' in place ? objectContext(place) : place;
}

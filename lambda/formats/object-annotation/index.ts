import type { ObjectRecord } from '../../core/model/record.ts';
import { annotation } from '../annotations.ts';
import { mapContexts } from '../context-template.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { objectContext } from '../object-places.ts';
import type { PatternFormat } from '../patterns/pattern-format.ts';
import { sayingOf } from '../patterns/saying.ts';
import { patternSpots } from '../patterns/spots.ts';
import { textInLines } from '../text-in-lines.ts';
import { objectAnnotationConfig, type ObjectAnnotationConfig } from './config.ts';

/** Encrypted data keys that are annotations of S3 objects. */
export const objectAnnotationFormat = formatOfSpots<ReturnType<typeof objectAnnotationConfig>, ObjectRecord>({
  name: 'object-annotation',
  records: ['object'],
  asymmetric: true,
  config: objectAnnotationConfig,
  configure(config) {
    const format = patternsOf(config);
    return {
      saying: sayingOf(format),
      spots: (object, destination) => patternSpots(object, format, destination),
    };
  },
});

function patternsOf(config: ObjectAnnotationConfig): PatternFormat {
  const at = (name: string | undefined) => (name === undefined ? undefined : [annotation(name)]);
  return {
    encoding: textInLines(config.encoding),
    places: {
      dataKey: [annotation(config.annotation)],
      keyArn: at(config.keyArn),
      encryptionAlgorithm: at(config.encryptionAlgorithm),
    },
    ...mapContexts(config, objectContext),
  };
}

import type { ObjectRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { sayingOf } from '../patterns/saying.ts';
import { patternSpots } from '../patterns/spots.ts';
import { objectMetadataConfig } from './config.ts';
import { patternsOf } from './patterns.ts';

/** One encrypted data key in the user-defined metadata of an S3 object. */
export const objectMetadataFormat = formatOfSpots<ReturnType<typeof objectMetadataConfig>, ObjectRecord>({
  name: 'object-metadata',
  records: ['object'],
  asymmetric: true,
  config: objectMetadataConfig,
  configure(config) {
    const format = patternsOf(config);
    return {
      saying: sayingOf(format),
      spots: (object, destination) => patternSpots(object, format, destination),
    };
  },
});

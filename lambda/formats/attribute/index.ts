import type { ItemRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { sayingOf } from '../patterns/saying.ts';
import { patternSpots } from '../patterns/spots.ts';
import { attributeConfig } from './config.ts';
import { patternsOf } from './patterns.ts';

/** Encrypted data keys in attributes of DynamoDB items. */
export const attributeFormat = formatOfSpots<ReturnType<typeof attributeConfig>, ItemRecord>({
  name: 'attribute',
  records: ['item'],
  asymmetric: true,
  config: attributeConfig,
  configure(config) {
    const format = patternsOf(config);
    return {
      saying: sayingOf(format),
      spots: (item, destination) => patternSpots(item, format, destination),
    };
  },
});

import type { StoreRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { sayingOf } from '../patterns/saying.ts';
import { patternSpots } from '../patterns/spots.ts';
import { jsonDocumentConfig } from './config.ts';
import { patternsOf } from './patterns.ts';

/** Encrypted data keys in a JSON text, or another document, wherever it is. */
export const jsonDocumentFormat = formatOfSpots<ReturnType<typeof jsonDocumentConfig>, StoreRecord>({
  name: 'json-document',
  records: ['item', 'object'],
  asymmetric: true,
  config: jsonDocumentConfig,
  configure(config) {
    const format = patternsOf(config);
    const isItem = config.in !== 'body' && 'attribute' in config.in;
    return {
      saying: { ...sayingOf(format), readsOnly: isItem ? 'item' : 'object' },
      spots: (record, destination) => patternSpots(record, format, destination),
    };
  },
});

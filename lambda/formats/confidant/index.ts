import type { ItemRecord } from '../../core/model/record.ts';
import { placeText } from '../../core/places/pattern.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { confidantConfig } from './config.ts';
import { confidantSpots, DATA_KEY } from './spots.ts';

/** Credentials of Confidant and their revisions. */
export const confidantFormat = formatOfSpots<ReturnType<typeof confidantConfig>, ItemRecord>({
  name: 'confidant',
  records: ['item'],
  asymmetric: false,
  config: confidantConfig,
  configure() {
    return {
      saying: {
        ...{ identity: placeText(DATA_KEY), keepsSource: false, needs: [] },
        contextNames: { source: ['id'], templates: 1 },
        ...{ declared: [DATA_KEY], problems: [] },
      },
      spots: item => confidantSpots(item),
    };
  },
});

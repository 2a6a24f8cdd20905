import type { ConfiguredFormat } from '../../core/model/format.ts';
import type { ItemRecord } from '../../core/model/record.ts';
import { placeText } from '../../core/places/pattern.ts';
import { contextNames } from '../context-template.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { credstashConfig, type CredstashConfig } from './config.ts';
import { credstashSpots, DATA_KEY } from './spots.ts';

/** Secrets of credstash, and of its ports, which write the same items. */
export const credstashFormat = formatOfSpots<ReturnType<typeof credstashConfig>, ItemRecord>({
  name: 'credstash',
  records: ['item'],
  asymmetric: false,
  config: credstashConfig,
  configure(config) {
    return { saying: sayingOf(config), spots: item => credstashSpots(item, config) };
  },
});

function sayingOf({ contexts, encryptionContext }: CredstashConfig): Omit<ConfiguredFormat, 'bind'> {
  const all = [...contexts, { encryptionContext }].map(one => contextNames(one));
  return {
    identity: placeText(DATA_KEY),
    keepsSource: false,
    needs: [],
    contextNames: {
      source: [...new Set(all.flatMap(({ source }) => source))],
      templates: Math.max(...all.map(({ templates }) => templates)),
    },
    declared: [DATA_KEY],
    problems: [],
  };
}

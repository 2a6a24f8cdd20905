import { configuredFormat, type ConfiguredFormat, type FormatDefinition } from '../../core/model/format.ts';
import type { ItemRecord, StoreRecord } from '../../core/model/record.ts';
import { contextNames } from '../context-template.ts';
import { formatAttributePath } from './attribute-path.ts';
import { attributeConfig } from './config.ts';
import { contextProblems, declaredPaths, placesOf, type Places } from './places.ts';
import { read } from './read.ts';
import { replace } from './replace.ts';

/** One encrypted data key at a fixed path of a DynamoDB item. */
export const attributeFormat: FormatDefinition = {
  name: 'attribute',
  records: 'item',
  asymmetric: true,
  configSchema: attributeConfig,
  configure: config => configured(placesOf(attributeConfig.parse(config))),
};

function configured(places: Places): ConfiguredFormat {
  return configuredFormat(
    {
      identity: formatAttributePath(places.dataKey),
      keepsSource: places.writeTo !== undefined,
      needs: [],
      contextNames: contextNames(places.config),
      declared: declaredPaths(places),
      problems: contextProblems(places),
    },
    destination => ({
      read: record => read(needItem(record), places, destination),
      replace: (record, replacements) => replace(needItem(record), places, replacements),
    }),
  );
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item')
    throw new TypeError(`the format attribute reads DynamoDB items, not ${record.kind}s`);
  return record;
}

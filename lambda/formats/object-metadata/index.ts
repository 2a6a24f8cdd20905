import {
  configuredFormat,
  type ConfiguredFormat,
  type FormatDefinition,
  type RecordPart,
} from '../../core/model/format.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { ObjectRecord, StoreRecord } from '../../core/model/record.ts';
import { declaredPlaces } from '../companions.ts';
import { contextNames, contextPlaces } from '../context-template.ts';
import { objectMetadataConfig, type ObjectMetadataConfig } from './config.ts';
import { read } from './read.ts';
import { replace } from './replace.ts';

/** One encrypted data key in the user-defined metadata of an S3 object. */
export const objectMetadataFormat: FormatDefinition = {
  name: 'object-metadata',
  records: 'object',
  asymmetric: true,
  configSchema: objectMetadataConfig,
  configure: config => configured(objectMetadataConfig.parse(config)),
};

function configured(config: ObjectMetadataConfig): ConfiguredFormat {
  const tags: readonly RecordPart[] = contextPlaces(config).some(place => 'tag' in place) ? ['tags'] : [];
  return configuredFormat(
    {
      identity: config.dataKey,
      keepsSource: config.writeTo !== undefined,
      needs: tags,
      contextNames: contextNames(config),
      declared: declaredPlaces<string>(config, config.writeTo).map(name => [name]),
      problems: contextProblems(config),
    },
    destination => ({
      read: record => read(needObject(record), config, destination),
      replace: (record, replacements) => replace(needObject(record), config, replacements),
    }),
  );
}

/** A context may contain the key ARN or the algorithm beside the data key, but nothing else that a run changes. */
function contextProblems(config: ObjectMetadataConfig): readonly Problem[] {
  const changing = config.writeTo === undefined ? [config.dataKey] : declaredPlaces<string>(config.writeTo);
  return contextPlaces(config).flatMap(place =>
    'metadata' in place && changing.includes(place.metadata)
      ? [
          {
            path: 'encryptionContext',
            value: place.metadata,
            words:
              'is a place that the run changes, so that readers could not build this context any more; make the context of other metadata',
          },
        ]
      : [],
  );
}

function needObject(record: StoreRecord): ObjectRecord {
  if (record.kind !== 'object')
    throw new TypeError(`the format object-metadata reads S3 objects, not ${record.kind}s`);
  return record;
}

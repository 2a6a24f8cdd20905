import type { ConfiguredFormat } from '../../core/model/format.ts';
import type { Problem } from '../../core/model/problem.ts';
import type { ItemRecord } from '../../core/model/record.ts';
import { placeText } from '../../core/places/pattern.ts';
import { contextNames, contextPlaces } from '../context-template.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { dynamodbEncryptionClientConfig, type DynamodbEncryptionClientConfig } from './config.ts';
import { contextSettings, templates } from './contexts.ts';
import { inDescription, NAMES } from './description.ts';
import { encryptedItemSpots, isUnderMetaStore, type SpotSettings } from './spots.ts';

/** Items of the DynamoDB Encryption Client, versions before the Database Encryption SDK, and the rows of its MetaStore. */
export const dynamodbEncryptionClientFormat = formatOfSpots<
  ReturnType<typeof dynamodbEncryptionClientConfig>,
  ItemRecord
>({
  name: 'dynamodb-encryption-client',
  records: ['item'],
  asymmetric: false,
  config: dynamodbEncryptionClientConfig,
  configure(config, store) {
    const settings = settingsOf(config, store);
    return { saying: sayingOf(settings), spots: item => encryptedItemSpots(item, settings) };
  },
});

function settingsOf(config: DynamodbEncryptionClientConfig, store: string | undefined): SpotSettings {
  const { signature, metaStore } = config;
  return { ...contextSettings(config, store), signature, metaStore };
}

function sayingOf(settings: SpotSettings): Omit<ConfiguredFormat, 'bind'> {
  const { description, metaStore } = settings;
  const dataKey = inDescription(description, NAMES.dataKey);
  return {
    identity: placeText(dataKey),
    ...{ keepsSource: false, needs: [] },
    contextNames: contextNames({ encryptionContext: templates([], settings) }),
    declared: [dataKey],
    contextFrom: contextPlaces({ encryptionContext: templates([], settings) }).flatMap(place =>
      'at' in place ? [place.at] : [],
    ),
    problems: problemsOf(settings),
    ...(metaStore !== undefined && {
      wrappedBy: {
        table: metaStore,
        wraps: record => record.kind === 'item' && isUnderMetaStore(record, settings),
      },
    }),
  };
}

/** Nobody could build a context of the material description once a run has changed it. */
function problemsOf({ description, extra, instead = [] }: SpotSettings): readonly Problem[] {
  return contextPlaces({ encryptionContext: [extra, ...instead] }).flatMap(place =>
    'at' in place && place.at[0] === description
      ? [
          {
            path: 'encryptionContext',
            value: placeText(place.at),
            words:
              'is part of the material description, which the run changes; make the context of other places',
          },
        ]
      : [],
  );
}

import { mapContexts } from '../context-template.ts';
import { entry, objectContext } from '../object-places.ts';
import type { PatternFormat } from '../patterns/pattern-format.ts';
import { valueEncoding } from '../value-encoding.ts';
import type { ObjectMetadataConfig } from './config.ts';

/** A configuration with its places read: each is the name of one entry, in which dots have no meaning. */
export function patternsOf(config: ObjectMetadataConfig): PatternFormat {
  const { writeTo } = config;
  return {
    encoding: valueEncoding(config.encoding),
    places: {
      dataKey: [config.dataKey],
      keyArn: entry(config.keyArn),
      encryptionAlgorithm: entry(config.encryptionAlgorithm),
      writeTo: writeTo && {
        dataKey: [writeTo.dataKey],
        keyArn: entry(writeTo.keyArn),
        encryptionAlgorithm: entry(writeTo.encryptionAlgorithm),
        sourceDigest: entry(writeTo.sourceDigest),
      },
    },
    ...mapContexts(config, objectContext),
  };
}

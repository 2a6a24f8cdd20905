import type { AttributePath } from '../../core/model/record.ts';
import type { CompanionPlaces } from '../companions.ts';
import { needPath } from './attribute-path.ts';
import type { AttributeConfig } from './config.ts';

/** A configuration with its paths read. */
export interface Places extends CompanionPlaces<AttributePath> {
  readonly config: AttributeConfig;
  readonly dataKey: AttributePath;
  readonly writeTo?: CompanionPlaces<AttributePath> & { readonly dataKey: AttributePath };
}

export function placesOf(config: AttributeConfig): Places {
  const { writeTo } = config;
  return {
    config,
    dataKey: needPath(config.dataKey),
    keyArn: optional(config.keyArn),
    encryptionAlgorithm: optional(config.encryptionAlgorithm),
    ...(writeTo !== undefined && {
      writeTo: {
        dataKey: needPath(writeTo.dataKey),
        keyArn: optional(writeTo.keyArn),
        encryptionAlgorithm: optional(writeTo.encryptionAlgorithm),
        sourceDigest: optional(writeTo.sourceDigest),
      },
    }),
  };
}

function optional(path: string | readonly (string | number)[] | undefined): AttributePath | undefined {
  return path === undefined ? undefined : needPath(path);
}

import type { Problem } from '../../core/model/problem.ts';
import type { AttributePath } from '../../core/model/record.ts';
import { declaredPlaces, type CompanionPlaces } from '../companions.ts';
import { contextPlaces } from '../context-template.ts';
import { formatAttributePath, needPath, samePath } from './attribute-path.ts';
import type { AttributeConfig } from './config.ts';

/** A configuration with its paths read. */
export interface Places extends CompanionPlaces<AttributePath> {
  readonly config: AttributeConfig;
  readonly dataKey: AttributePath;
  readonly version?: AttributePath | undefined;
  readonly writeTo?: CompanionPlaces<AttributePath> & { readonly dataKey: AttributePath };
}

export function placesOf(config: AttributeConfig): Places {
  const { writeTo } = config;
  return {
    config,
    dataKey: needPath(config.dataKey),
    keyArn: optional(config.keyArn),
    encryptionAlgorithm: optional(config.encryptionAlgorithm),
    version: optional(config.version),
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

/** Every place that a run may change. */
export function declaredPaths(places: Places): readonly AttributePath[] {
  const { version, writeTo } = places;
  return [...declaredPlaces(places, writeTo), ...(version === undefined ? [] : [version])];
}

/** The companions that a run writes: those beside the new data key. */
export function writtenPlaces(places: Places): CompanionPlaces<AttributePath> {
  return places.writeTo ?? places;
}

/**
 * A context may be made of the key ARN or the algorithm beside the data key, because a run knows what it will write there. If
 * it were made of anything else that a run changes, nobody could open what the run has written.
 */
export function contextProblems(places: Places): readonly Problem[] {
  const { config, writeTo, keyArn, encryptionAlgorithm } = places;
  const known = writeTo === undefined ? [keyArn, encryptionAlgorithm] : [];
  const changing = [places.dataKey, ...declaredPaths(places)].filter(
    path => !known.some(one => samePath(one, path)) && (writeTo === undefined || isWritten(path, places)),
  );
  return contextPlaces(config).flatMap(place => {
    if (!('attribute' in place)) return [];
    const path = needPath(place.attribute);
    if (!changing.some(one => samePath(one, path))) return [];
    return [
      {
        path: 'encryptionContext',
        value: formatAttributePath(path),
        words:
          'is a place that the run changes, so that readers could not build this context any more; make the context of other attributes',
      },
    ];
  });
}

function isWritten(path: AttributePath, { writeTo, version }: Places): boolean {
  return [...declaredPlaces(writeTo), version].some(one => samePath(one, path));
}

function optional(path: string | readonly (string | number)[] | undefined): AttributePath | undefined {
  return path === undefined ? undefined : needPath(path);
}

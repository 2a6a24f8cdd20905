import * as z from 'zod/mini';
import { strictObject } from '../core/schema/strict-object.ts';
import { contextTemplate, contextTemplates } from './context-template.ts';
import { once } from '../core/schema/once.ts';
import { described } from '../core/schema/described.ts';

/** A part of a context that tells data keys of one record apart. */
export const wildcardPlace = once(() =>
  strictObject(
    {
      wildcard: described(
        z.int().check(z.minimum(1)),
        'The name or index that an open step (*) of dataKey stands for; 1 is the first of them.',
      ),
    },
    'a context value',
  ),
);

/** A format's own kind of place, and the places that may be part of its contexts. */
export interface Vocabulary<Place extends z.ZodMiniType, ContextPlace extends z.ZodMiniType> {
  readonly place: Place;
  readonly contextPlace: ContextPlace;
  /** What a place is called: an attribute, a metadata entry. */
  readonly called: string;
}

/** The fields of every format: companions of the data key, its contexts, and where the new one is written. */
export function sharedFields<Place extends z.ZodMiniType, ContextPlace extends z.ZodMiniType>({
  place,
  contextPlace,
  called,
}: Vocabulary<Place, ContextPlace>) {
  return {
    ...companionFields(place, called),
    ...contextFields(contextPlace),
    writeTo: described(
      z.optional(writeTo(place, called)),
      'Where the new data key goes, if the old one is to stay where it is.',
    ),
  };
}

export function companionFields<Place extends z.ZodMiniType>(place: Place, called: string) {
  return {
    keyArn: described(
      z.optional(place),
      `${called} that names the key; read as a hint, and written together with the data key.`,
    ),
    encryptionAlgorithm: described(
      z.optional(place),
      `${called} that names the encryption algorithm; read as a hint, and written with the data key.`,
    ),
  };
}

/** The same where no run writes. */
export function readCompanionFields<Place extends z.ZodMiniType>(place: Place, called: string) {
  return {
    keyArn: described(z.optional(place), `${called} that names the key; read as a hint.`),
    encryptionAlgorithm: described(
      z.optional(place),
      `${called} that names the encryption algorithm; read as a hint.`,
    ),
  };
}

export function contextFields<ContextPlace extends z.ZodMiniType>(contextPlace: ContextPlace) {
  return {
    encryptionContext: described(
      z._default(contextTemplates(contextPlace), {}),
      'The context that data keys were encrypted under, or a list of contexts, the likeliest first.',
    ),
    destinationEncryptionContext: described(
      z.optional(contextTemplate(contextPlace)),
      'The context to encrypt it under, if that is to be another one.',
    ),
  };
}

function writeTo<Place extends z.ZodMiniType>(place: Place, called: string) {
  return strictObject(
    {
      dataKey: described(place, `${called} for the new data key.`),
      keyArn: described(z.optional(place), `${called} for the key of the new data key.`),
      encryptionAlgorithm: described(z.optional(place), `${called} for its encryption algorithm.`),
      sourceDigest: described(
        z.optional(place),
        `${called} for the SHA-256 of the old data key: shows whether the record has got another one since.`,
      ),
    },
    'a place to write to',
  );
}

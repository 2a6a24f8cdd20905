import * as z from 'zod/mini';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { contextTemplates } from '../context-template.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

const contextPlace = once(() =>
  strictObject(
    {
      keyAttribute: described(text('the name of a key attribute'), "An attribute of the item's primary key."),
    },
    'a context value',
  ),
);

/** Enough for a table of many teams. */
const MAX_NAMES = 100;

const named = once(() =>
  strictObject(
    {
      name: described(
        text('the name of a secret'),
        'The name of secrets; * stands for any characters, also for none.',
      ),
      encryptionContext: described(
        contextTemplates(contextPlace()),
        'The context of these secrets, or a list of contexts, the likeliest first; {} for none.',
      ),
    },
    'contexts of names',
  ),
);

/** The job's `format` object for `credstash`. */
export const credstashConfig = once(() =>
  strictObject(
    {
      type: z.literal('credstash'),
      contexts: described(
        z._default(
          z
            .array(named())
            .check(z.maxLength(MAX_NAMES, { error: `are too many names; write at most ${MAX_NAMES}` })),
          [],
        ),
        'Contexts by the name of the secret. The first entry whose name fits counts.',
      ),
      encryptionContext: described(
        z._default(contextTemplates(contextPlace()), {}),
        'The context of all other secrets, or a list of contexts, the likeliest first; {} for none. Items do not tell it.',
      ),
    },
    'a format',
  ),
);

export type CredstashConfig = z.output<ReturnType<typeof credstashConfig>>;

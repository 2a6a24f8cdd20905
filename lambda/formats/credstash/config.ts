import * as z from 'zod';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { contextTemplates } from '../context-template.ts';

const contextPlace = strictObject(
  { keyAttribute: text('the name of a key attribute').describe("An attribute of the item's primary key.") },
  'a context value',
);

/** Enough for a table of many teams. */
const MAX_NAMES = 100;

const named = strictObject(
  {
    name: text('the name of a secret').describe(
      'The name of secrets; * stands for any characters, also for none.',
    ),
    encryptionContext: contextTemplates(contextPlace).describe(
      'The context of these secrets, or a list of contexts, the likeliest first; {} for none.',
    ),
  },
  'contexts of names',
);

/** The job's `format` object for `credstash`. */
export const credstashConfig = strictObject(
  {
    type: z.literal('credstash'),
    contexts: z
      .array(named)
      .max(MAX_NAMES, { error: `are too many names; write at most ${MAX_NAMES}` })
      .default([])
      .describe('Contexts by the name of the secret. The first entry whose name fits counts.'),
    encryptionContext: contextTemplates(contextPlace)
      .default({})
      .describe(
        'The context of all other secrets, or a list of contexts, the likeliest first; {} for none. Items do not tell it.',
      ),
  },
  'a format',
);

export type CredstashConfig = z.output<typeof credstashConfig>;

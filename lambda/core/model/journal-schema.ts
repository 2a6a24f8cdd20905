/** Version of both kinds of lines of the journal (core/journal/entries.ts). Readers know this one and the one before it. A line of any other proves nothing. */
export const JOURNAL_SCHEMA = 3;

export function isKnownSchema(schema: number): boolean {
  return schema === JOURNAL_SCHEMA || schema === JOURNAL_SCHEMA - 1;
}

/** What is wrong with a journal, or an object of one, that a later version has written. */
export function unknownSchemaWords(schema: number): string {
  return `has schema ${schema}, and this version reads ${JOURNAL_SCHEMA} and ${JOURNAL_SCHEMA - 1}`;
}

/** The code of every warning that says so. */
export const UNKNOWN_SCHEMA = 'journal.unknownSchema';

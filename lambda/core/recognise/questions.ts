import { visible } from '../model/visible.ts';

const CONTEXT =
  'which encryption context its readers use: the data does not say; write encryptionContext, {} for none';
const COVERED =
  "whether the application's own authenticated data or MAC covers the data key or the key's name: only if not, it may be re-wrapped";

const IS_CONTEXT = 'whether the encryption context is what';

const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  attribute: [CONTEXT, COVERED],
  'object-metadata': [CONTEXT, COVERED],
  'object-annotation': [CONTEXT, COVERED],
  'object-body': [CONTEXT, COVERED],
  'json-document': [CONTEXT, COVERED],
  credstash: [CONTEXT],
  'branch-key-store': [
    'the logical name of the key store, which is part of the encryption context: usually, but not always, that of the table',
    'whether its readers take any key (discovery): those with a fixed key ARN refuse the moved branch keys',
  ],
};

/**
 * What data cannot say about a format. `context`: the name of the value that the proposal takes the encryption context from.
 */
export function questionsOf(what: string, context?: string): readonly string[] {
  const questions = QUESTIONS[what] ?? [];
  if (context === undefined) return questions;
  const instead = `${IS_CONTEXT} ${visible(context)} holds`;
  return questions.map(question => (question === CONTEXT ? instead : question));
}

/** Data tells nothing of the encryption context. */
export function asksForContext(question: string): boolean {
  return question === CONTEXT;
}

/**
 * The questions that are left where the operator lets the format be found. Who writes that asserts what only an application
 * knows; and a context that the operator has written is no question.
 */
export function openQuestions(questions: readonly string[], isContextWritten: boolean): readonly string[] {
  const isAnswered = (question: string): boolean =>
    question === COVERED || (isContextWritten && (question === CONTEXT || question.startsWith(IS_CONTEXT)));
  return questions.filter(question => !isAnswered(question));
}

/** `names`: of the values beside a data key that name a KMS key. */
export function whichKeyArn(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [`which value beside it names its key, if any: ${names.slice(0, 5).map(visible).join(', ')}`];
}

/** Of data keys in annotations, whatever their format. */
export const WHO_MOVES =
  'who moves these data keys: a run counts and verifies what lies in annotations, and cannot write there without losing what others write; so a job with such a store has no migration, and stores that are to be moved need a job of their own';

/** Of the wrap `kms` of the S3 Encryption Clients. */
export const HOW_NAMED =
  'in which form readers of the wrap kms configure the new key (id, ARN or alias), as the encryption context holds it in that form';

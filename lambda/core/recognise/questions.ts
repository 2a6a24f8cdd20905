import { visible } from '../model/visible.ts';

const CONTEXT =
  'which encryption context its readers use: the data does not say; write encryptionContext, {} for none';
const COVERED =
  "whether the application's own authenticated data or MAC covers the data key or the key's name: only if not, it may be re-wrapped";

/** What data cannot say about a format, by its name. */
export const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  attribute: [CONTEXT, COVERED],
  'object-metadata': [CONTEXT, COVERED],
  'object-body': [CONTEXT, COVERED],
  'json-document': [CONTEXT, COVERED],
  credstash: [CONTEXT],
  'branch-key-store': [
    'the logical name of the key store, which is part of the encryption context: usually, but not always, that of the table',
    'whether its readers take any key (discovery): those with a fixed key ARN refuse the moved branch keys',
  ],
};

/** `names`: of the values beside a data key that name a KMS key. */
export function whichKeyArn(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [`which value beside it names its key, if any: ${names.slice(0, 5).map(visible).join(', ')}`];
}

import type { EncryptionContext } from '../../core/model/encryption-context.ts';
import type { AttributePath, AttributeValue, ObjectRecord } from '../../core/model/record.ts';
import { textAt } from '../text-at.ts';
import type { BuiltContexts } from '../context-template.ts';

/** One KMS entry of a file: a data key, its key, and where everything about it is. */
export interface Entry {
  readonly kind: 'entry';
  readonly enc: AttributePath;
  readonly arn: AttributePath;
  readonly createdAt: AttributePath;
  readonly contexts: BuiltContexts;
}

/** The context of an entry. A re-wrap never changes it. */
export function sameContext(context: EncryptionContext): BuiltContexts {
  return {
    kind: 'contexts',
    contexts: [{ source: context, destination: context }],
    readerContexts: [context],
  };
}

/** A context of these names, each with the place of its value. */
export function contextAt(
  record: ObjectRecord,
  places: readonly (readonly [name: string, path: AttributePath])[],
  read: (text: string) => string = text => text,
): BuiltContexts {
  const context: [name: string, value: string][] = [];
  for (const [name, path] of places) {
    const text = textAt(record, path);
    if (text === undefined)
      return noContext(`the value of '${name}' is no text that all readers agree about`);
    context.push([name, read(text)]);
  }
  // A name may be `__proto__`, which an assignment would lose.
  return sameContext(Object.fromEntries(context));
}

export function noContext(reason: string): BuiltContexts {
  return { kind: 'missing', reason: `the encryption context cannot be read: ${reason}` };
}

/** Nothing, or a value that stands for nothing. */
export function isNone(value: AttributeValue): boolean {
  return 'NULL' in value || ('S' in value && value.S === '');
}

import type { IndependentKms } from './kms.ts';
import { at, type Row } from './memory-store.ts';
import { MOVED_CONTEXT } from './job-of.ts';
import { contextOf, KEYS, type Application, type Slot } from './scene.ts';

/** The application's own reader: it knows nothing about jobs, and calls KMS as its records say. */
export class Reader {
  readonly #application: Application;
  readonly #kms: IndependentKms;

  constructor(application: Application, kms: IndependentKms) {
    this.#application = application;
    this.#kms = kms;
  }

  /** Whether the data key that was written into this slot opens, with the keys that are enabled now. */
  reads({ path, form, plaintext, fixed }: Slot, row: Row): boolean {
    const value = path[0] === '$body' ? row.body : at(row.fields, path);
    const bytes = read(form, value);
    if (bytes === undefined) return false;
    // The record's label is about its own data key. For a second data key beside it, KMS finds the key by itself.
    const named = fixed === undefined ? this.#namedKey(row) : undefined;
    // A reader that is ready for another context tries both.
    const contexts = fixed === undefined ? [contextOf(this.#application, row), MOVED_CONTEXT] : [fixed];
    return contexts.some(context => {
      const opened = this.#kms.open(bytes, context, named);
      return opened.kind === 'opened' && opened.plaintext === plaintext;
    });
  }

  #namedKey(row: Row): string | undefined {
    const { readsByLabel, label } = this.#application;
    const held = readsByLabel && label !== undefined ? at(row.fields, label) : undefined;
    const name = typeof held === 'string' ? held : (held as { readonly S?: string } | undefined)?.S;
    if (name === undefined) return undefined;
    return Object.values(KEYS).find(keyArn => keyArn === name || keyArn.endsWith(`/${name}`));
  }
}

function read(form: Slot['form'], value: unknown): Buffer | undefined {
  try {
    return form.read(value);
  } catch {
    return undefined;
  }
}

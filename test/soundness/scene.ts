import { Random } from '../faults/random.ts';
import { ENCODED, ODD, TEXTS, type Form } from './forms.ts';
import { checksFirstOf, IndependentKms, type Context } from './kms.ts';
import { at, type Fields, type Path, type Row } from './memory-store.ts';

export const KEYS = {
  old: 'arn:aws:kms:us-east-1:111122223333:key/11111111-1111-4111-8111-111111111111',
  new: 'arn:aws:kms:us-east-1:111122223333:key/22222222-2222-4222-8222-222222222222',
  foreign: 'arn:aws:kms:us-east-1:111122223333:key/33333333-3333-4333-8333-333333333333',
  other: 'arn:aws:kms:us-east-1:111122223333:key/44444444-4444-4444-8444-444444444444',
} as const;

/** One data key as the application knows it: where it is stored, in which form, and what opens it. */
export interface Slot {
  readonly row: string;
  /** `['$body']`: the body of an object. */
  readonly path: Path;
  readonly form: Form;
  readonly keyArn: string;
  /** The context that it is under. */
  readonly context: Context;
  readonly bytes: string;
  readonly corrupt: boolean;
  readonly plaintext: string;
  /** The reader's context, if it is not built from the record. */
  readonly fixed?: Context;
}

/** How the application of a scene stores data keys, and reads them. */
export interface Application {
  readonly kind: 'item' | 'object';
  readonly place: Path;
  readonly form: Form;
  readonly contexts: ContextKind;
  /** The place of the key's name, if records have one. */
  readonly label?: Path;
  /** Readers call KMS with the key that the record names. */
  readonly readsByLabel: boolean;
  /** Every record is as the application meant it. */
  readonly clean: boolean;
}

type ContextKind = 'none' | 'constant' | 'attribute' | 'label' | 'two';

export interface Scene {
  readonly seed: number;
  readonly random: Random;
  readonly kms: IndependentKms;
  readonly application: Application;
  readonly rows: readonly Row[];
  readonly slots: readonly Slot[];
}

/** The context that a reader of the application builds from a record in its present state. */
export function contextOf({ contexts }: Application, row: Row): Context {
  const text = (name: string): string => {
    const value = at(row.fields, [name]);
    return typeof value === 'string' ? value : ((value as { readonly S?: string } | undefined)?.S ?? '');
  };
  switch (contexts) {
    case 'none':
      return {};
    case 'constant':
      return { app: 'shop' };
    case 'attribute':
      return { tenant: text('tenant') };
    case 'label':
      return { kms: text('kid'), app: 'shop' };
    case 'two':
      return text('tenant') === 'acme' ? { app: 'shop' } : {};
  }
}

export function sceneOf(seed: number): Scene {
  const random = new Random(seed);
  const kms = new IndependentKms(checksFirstOf(seed));
  for (const keyArn of Object.values(KEYS)) kms.seal({ keyArn, context: {}, plaintext: 'x' });
  const application = applicationOf(random);
  const writer = new Writer(application, { random, kms });
  const count = random.pick([0, 1, 2, 4, 8]);
  for (let index = 0; index < count; index++) writer.write(`${random.pick(['2025/', '2026/'])}r${index}`);
  return { seed, random, kms, application, rows: writer.rows, slots: writer.slots };
}

function applicationOf(random: Random): Application {
  const kind = random.chance(0.7) ? 'item' : 'object';
  const places: readonly Path[] =
    kind === 'item' ? [['edk'], ['envelope', 'edk'], ['keys', 0, 'edk']] : [['edk']];
  const labelled = random.chance(0.5);
  const contexts = random.pick<ContextKind>(['none', 'constant', 'attribute', 'attribute', 'label', 'two']);
  return {
    kind,
    place: random.pick(places),
    form: random.pick(kind === 'item' ? ENCODED : TEXTS),
    contexts: contexts === 'label' && !labelled ? 'attribute' : contexts,
    ...(labelled && { label: ['kid'] }),
    readsByLabel: labelled && random.chance(0.5),
    clean: random.chance(0.4),
  };
}

type Variant =
  | 'sound'
  | 'moved'
  | 'half-moved'
  | 'other-context'
  | 'foreign'
  | 'corrupt'
  | 'plain'
  | 'nothing'
  | 'odd-form'
  | 'second-key'
  | 'odd-label'
  | 'in-body'
  | 'hidden';

const CLEAN: readonly Variant[] = ['sound', 'sound', 'sound', 'moved'];
const ITEM_FLAWS: readonly Variant[] = [
  ...['half-moved', 'other-context', 'foreign', 'corrupt', 'plain', 'nothing', 'odd-form'],
  ...['second-key', 'odd-label'],
] as Variant[];
const OBJECT_FLAWS: readonly Variant[] = [
  ...[
    'half-moved',
    'other-context',
    'foreign',
    'corrupt',
    'plain',
    'nothing',
    'second-key',
    'in-body',
    'hidden',
  ],
] as Variant[];

/** Writes records as the application does, and remembers the truth about each data key. */
class Writer {
  readonly rows: Row[] = [];
  readonly slots: Slot[] = [];
  readonly #application: Application;
  readonly #random: Random;
  readonly #kms: IndependentKms;

  constructor(
    application: Application,
    { random, kms }: { readonly random: Random; readonly kms: IndependentKms },
  ) {
    this.#application = application;
    this.#random = random;
    this.#kms = kms;
  }

  write(id: string): void {
    const { kind, clean } = this.#application;
    const flaws = kind === 'item' ? ITEM_FLAWS : OBJECT_FLAWS;
    const variant = clean || this.#random.chance(0.5) ? this.#random.pick(CLEAN) : this.#random.pick(flaws);
    const row: Row = { id, fields: this.#base(variant), ...(variant === 'hidden' && { hidden: true }) };
    this.#fill(row, variant);
    this.rows.push(row);
  }

  #base(variant: Variant): Fields {
    const { kind, label } = this.#application;
    const text = (of: string): unknown => (kind === 'item' ? { S: of } : of);
    const keyArn = variant === 'moved' ? KEYS.new : variant === 'foreign' ? KEYS.foreign : KEYS.old;
    const named = this.#random.pick([keyArn, keyArn, keyArn.split('/')[1] ?? '']);
    const payload = this.#random.bytes(24);
    return {
      tenant: text(this.#random.pick(['acme', 'globex'])),
      payload: kind === 'item' ? { B: payload } : payload.toString('base64'),
      ...(label !== undefined && { kid: variant === 'odd-label' ? this.#oddLabel() : text(named) }),
    };
  }

  #oddLabel(): unknown {
    return this.#random.pick<unknown>([
      { M: {} },
      { N: '7' },
      { L: [] },
      { BOOL: true },
      { NULL: true },
      { S: 'note' },
    ]);
  }

  #fill(row: Row, variant: Variant): void {
    const { place, form } = this.#application;
    const under = (keyArn: string, context = contextOf(this.#application, row)): void =>
      this.#put(row, { path: place, form, keyArn, context });
    switch (variant) {
      case 'sound':
      case 'odd-label':
      case 'hidden':
        return under(KEYS.old);
      case 'moved':
      case 'half-moved':
        return under(KEYS.new);
      case 'other-context':
        return under(this.#random.pick([KEYS.old, KEYS.new]), { app: 'somebody-else' });
      case 'foreign':
        return under(KEYS.foreign);
      case 'corrupt':
        return this.#put(row, { path: place, form, keyArn: KEYS.old, context: {}, corrupt: true });
      case 'plain':
        return;
      case 'nothing':
        return this.#set(row, place, this.#random.pick(this.#nothings()));
      case 'odd-form':
        return this.#put(row, {
          ...{ path: place, form: this.#random.pick(ODD), keyArn: KEYS.old },
          context: contextOf(this.#application, row),
        });
      case 'second-key':
        under(KEYS.old);
        return this.#put(row, {
          ...{ path: ['backup'], form, keyArn: KEYS.old },
          // Its context is fixed: one label cannot serve as the context of two data keys.
          context: { app: 'backup' },
          fixed: { app: 'backup' },
        });
      case 'in-body':
        return this.#inBody(row);
    }
  }

  #nothings(): readonly unknown[] {
    return this.#application.kind === 'item' ? [{ NULL: true }, { S: '' }, { B: Buffer.alloc(0) }] : [''];
  }

  #inBody(row: Row): void {
    const context = contextOf(this.#application, row);
    const bytes = this.#kms.seal({ keyArn: KEYS.old, context, plaintext: row.id });
    const body = Buffer.from(bytes).toString('base64');
    const form: Form = {
      name: 'body',
      write: () => body,
      read: value => Buffer.from(String(value), 'base64'),
    };
    Object.assign(row, { body });
    const hex = Buffer.from(bytes).toString('hex');
    this.slots.push({
      ...{ row: row.id, path: ['$body'], form, keyArn: KEYS.old, context, bytes: hex },
      ...{ corrupt: false, plaintext: row.id },
    });
  }

  #put(
    row: Row,
    slot: Pick<Slot, 'path' | 'form' | 'keyArn' | 'context' | 'fixed'> & { readonly corrupt?: boolean },
  ): void {
    const { path, form, keyArn, context, fixed, corrupt = false } = slot;
    const plaintext = `${row.id} ${path.join('.')}`;
    const sealed = Buffer.from(this.#kms.seal({ keyArn, context, plaintext }));
    if (corrupt) sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    this.#set(row, path, form.write(sealed));
    this.slots.push({
      row: row.id,
      path,
      form,
      keyArn,
      context,
      bytes: sealed.toString('hex'),
      corrupt,
      plaintext,
      ...(fixed !== undefined && { fixed }),
    });
  }

  /** Makes the maps and lists on the way. */
  #set(row: Row, [first, ...rest]: Path, value: unknown): void {
    const wrapped = rest.reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? { L: [inner] } : { M: { [step]: inner } }),
      value,
    );
    row.fields = { ...row.fields, [String(first)]: wrapped };
  }
}

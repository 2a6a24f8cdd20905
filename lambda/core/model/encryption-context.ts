/** Name-value pairs that KMS binds to a ciphertext as additional authenticated data. Values never reach a log. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The same text for equal contexts, whatever the order of their pairs. */
export function canonicalContext(context: EncryptionContext): string {
  const known = CANONICAL.get(context);
  if (known !== undefined) return known;
  const text = JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  CANONICAL.set(context, text);
  return text;
}

/** A context never changes, and that of one data key is compared several times on its way. */
const CANONICAL = new WeakMap<EncryptionContext, string>();

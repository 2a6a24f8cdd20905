/** Name-value pairs that KMS binds to a ciphertext as additional authenticated data. Values never reach a log. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** The same text for equal contexts, whatever the order of their pairs. */
export function canonicalContext(context: EncryptionContext): string {
  return JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

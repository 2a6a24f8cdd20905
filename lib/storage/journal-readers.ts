import { ContextRefused } from './journal-protection.ts';

/** IAM user guide, ARNs of users and roles. A path or the end of a name may be a wildcard, as roles of IAM Identity Center need it. */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/*-]*[\w+=,.@-][\w+=,.@/*-]*$/;

/**
 * Who, besides RollbackUnit, may read intents: the context `journalReaders`, a list of ARNs or one text with commas.
 *
 * @throws ContextRefused
 */
export function journalReaders(context: unknown): readonly string[] {
  if (context === undefined) return [];
  const readers: readonly unknown[] = typeof context === 'string' ? context.split(',') : [context].flat();
  return readers.map(reader => {
    if (typeof reader === 'string' && PRINCIPAL.test(reader.trim())) return reader.trim();
    throw new ContextRefused(
      `journalReaders: ${JSON.stringify(reader)} is no ARN of a role or user; write such as arn:aws:iam::111122223333:role/Auditor`,
    );
  });
}

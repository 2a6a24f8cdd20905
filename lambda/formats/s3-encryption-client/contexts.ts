import type { EncryptionContext } from '../../core/model/encryption-context.ts';
import type { BuiltContexts } from '../context-template.ts';

/** Contexts that stay as they are. */
export function unchanged(readings: readonly EncryptionContext[]): BuiltContexts {
  return {
    kind: 'contexts',
    contexts: readings.map(context => ({ source: context, destination: context })),
    readerContexts: readings,
  };
}

export interface Renamed {
  readonly readings: readonly EncryptionContext[];
  /** What is not stored with the object, if the job names it. */
  readonly extra: EncryptionContext | undefined;
  /** The context once the key has another name. */
  readonly after: (context: EncryptionContext) => EncryptionContext;
}

/** Contexts that name the key, each with what it is after a change. */
export function renamed({ readings, extra, after }: Renamed): BuiltContexts {
  const all = readings.flatMap(reading =>
    extra === undefined ? [reading] : [{ ...extra, ...reading }, reading],
  );
  return {
    kind: 'contexts',
    contexts: all.map(context => ({ source: context, destination: after(context) })),
    readerContexts: all,
  };
}

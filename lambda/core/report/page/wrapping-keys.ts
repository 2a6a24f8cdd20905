import type { Evidence } from '../report.ts';
import { code, escape, number, table } from './elements.ts';

/** Which key wraps how many data keys, of which spec it is, and where they are. */
export function wrappingKeysPart({ wrappingKeys = [] }: Pick<Evidence, 'wrappingKeys'>): string {
  if (wrappingKeys.length === 0) return '';
  const rows = wrappingKeys.flatMap(({ keyArn, keySpec, encryptionAlgorithm, stores }) =>
    stores.map(({ store, before, after }) => [
      code(keyArn),
      escape(keySpec ?? 'not told'),
      escape(encryptionAlgorithm),
      code(store),
      number(before),
      number(after),
    ]),
  );
  const head = ['Key', 'Key spec', 'Algorithm', 'Store', 'Before', 'After'];
  return table({ caption: 'Data keys under each wrapping key', head, rows });
}

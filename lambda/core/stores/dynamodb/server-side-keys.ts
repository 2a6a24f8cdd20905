import type { StorePlace } from '../../model/store-place.ts';
import type { Seen } from '../lookup.ts';
import type { TableCatalog } from './catalog.ts';

export async function tableServerSideKeys(
  { region = '', name }: StorePlace,
  catalog: TableCatalog,
): Promise<Seen<readonly string[]>> {
  const lookup = await catalog.serverSideKeys({ region, table: name });
  switch (lookup.kind) {
    case 'found':
      return { kind: 'seen', value: lookup.description };
    case 'not-found':
      return { kind: 'seen', value: [] };
    case 'denied':
      return { kind: 'unseen', words: lookup.message };
  }
}

import type { ToldDiscovery } from '../../cli/render/discovery.ts';
import { discoveryOf } from '../../lambda/core/discover/discovery.ts';
import type { Look } from '../../lambda/core/discover/look.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import { item, job, NEW_KEY, OLD_KEY } from './builders.ts';
import { B, S } from './recognised.ts';
import { ROLE } from './trail-records.ts';

const time = '2026-11-20T10:00:00.000Z';

/** What rewrap discover tells of one table, of that name: data keys, the key of its own encryption, and one user. */
export function toldDiscovery(name: string, changes: Partial<ToldDiscovery> = {}): ToldDiscovery {
  const look: Look = {
    ...{ kind: 'looked', type: 'dynamodb', name, region: 'us-east-1', complete: true },
    ...{ serverSide: { kind: 'seen', value: [NEW_KEY] } },
    recognition: recogniseStore([{ record: item('a', { edk: B('a'), key: S(OLD_KEY) }) }]),
  };
  const user = {
    ...{ principal: ROLE, uses: [{ action: 'Decrypt', calls: 3, firstAt: time, lastAt: time }] },
    ...{ contextNames: ['<b>tenant</b>'], keyMaterialIds: [], sessions: [], userAgents: [], addresses: [] },
  };
  const trail = { keys: [{ key: OLD_KEY, users: [user], refused: [] }], ownRoles: [] };
  const known = discoveryOf([look], [job()], { trail });
  return {
    ...known,
    ...{ region: 'us-east-1', sample: 100, drafts: [], notChecked: ['other accounts'] },
    ...changes,
  };
}

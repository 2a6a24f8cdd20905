import { discoveryHtml } from '../../cli/render/discovery-page.ts';
import type { ToldDiscovery } from '../../cli/render/discovery.ts';
import { discoveryOf } from '../../lambda/core/discover/discovery.ts';
import type { Look } from '../../lambda/core/discover/look.ts';
import { recogniseStore } from '../../lambda/core/recognise/recognise-store.ts';
import { item, job, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { B, S } from '../support/recognised.ts';
import { ROLE } from '../support/trail-records.ts';

const NOW = new Date('2026-11-28T12:00:00Z');
const time = '2026-11-20T10:00:00.000Z';

function told(name: string, changes: Partial<ToldDiscovery> = {}): ToldDiscovery {
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

describe('the page of rewrap discover', () => {
  it('has stores, keys, users and what nobody has looked at', () => {
    const html = discoveryHtml(told('Invoices'), NOW);
    for (const words of [
      '<code>Invoices</code>',
      'Open: 1 store with data keys and no job.',
      `<code>${OLD_KEY}</code>`,
      `<code>${NEW_KEY}</code>`,
      `<code>${ROLE}</code>`,
      'Decrypt 3 times, last at 2026-11-20T10:00:00.000Z',
      '<li>other accounts</li>',
      '2026-11-28T12:00:00.000Z',
    ])
      expect(html).toContain(words);
  });

  it('takes no name of others for markup, runs no script and asks nobody for anything', () => {
    const html = discoveryHtml(told('<img src=x>'), NOW);
    expect(html).not.toMatch(/<img|<b>|<script|https?:/);
    expect(html).toContain('&#60;img src=x&#62;');
    expect(html).toContain('&#60;b&#62;tenant');
  });

  it('leaves out what there is none of', () => {
    const html = discoveryHtml(
      { ...told('Invoices'), keys: [], stores: [], counts: { ...told('A').counts, unnamed: 0 } },
      NOW,
    );
    expect(html).not.toMatch(/Who uses them|<h2>Keys|<h2>Stores/);
    expect(html).toContain('No sample shows a data key.');
  });
});

import { discoveryHtml } from '../../cli/render/discovery-page.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { toldDiscovery as told } from '../support/told-discovery.ts';
import { ROLE } from '../support/trail-records.ts';

const NOW = new Date('2026-11-28T12:00:00Z');

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

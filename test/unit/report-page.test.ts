import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterReport } from '../../cli/next-steps/after-report.ts';
import { OUTCOME_KINDS, isSettled } from '../../lambda/core/model/outcome.ts';
import { DOUBT_CURES, outcomeCure } from '../../lambda/core/report/cures.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import { escape } from '../../lambda/core/report/page/elements.ts';
import { nextCalls } from '../../lambda/core/report/next-calls.ts';
import { STYLE } from '../../lambda/core/report/page/style.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { DOUBT_CODES } from '../../lambda/core/verdict/store-verdict.ts';
import { demoReport, reportScenes } from '../support/report-scenes.ts';

const DEMO = demoReport();
const PROOF = readFileSync(join(__dirname, '../../docs/proof.md'), 'utf8').replace(/\s+/g, ' ');

describe('the page of a report', () => {
  it.each(DOUBT_CODES)('says of the doubt %s what docs/proof.md says, word for word', code => {
    const { means, cure } = DOUBT_CURES[code];
    expect(PROOF).toContain(`- \`${code}\`: ${means}. ${cure}`);
  });

  it.each(OUTCOME_KINDS)('knows a cure and a colour for the outcome %s', kind => {
    expect(outcomeCure(kind) === undefined).toBe(isSettled(kind));
    expect(STYLE).toContain(`rect.${kind}`);
  });

  it('has neither a script nor anything from elsewhere', () => {
    for (const report of Object.values(reportScenes())) {
      const html = reportHtml(report);
      expect(html).not.toMatch(/<script|<iframe|@import|url\(|<img/);
      expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target)).toEqual(['data:,']);
    }
  });

  it('begins with the verdict, and counts by kind what it names', () => {
    const html = reportHtml(DEMO);
    expect(html.indexOf('<h1>12 data keys may still need a source key</h1>')).toBeLessThan(
      html.indexOf('<h2>'),
    );
    expect(html).toContain('<span class="named unreadable">unreadable</span>, 12');
    expect(html).toContain('<span class="named foreign-key">foreign-key</span>, 10');
  });

  it('counts by the concluding pass where it names a hundred only', () => {
    const [failure] = DEMO.failures;
    const failures = Array.from({ length: 100 }, () => ({ ...failure!, outcome: 'unreadable' as const }));
    const stores = DEMO.stores.map(store => ({ ...store, concluding: { unreadable: 4_000 } }));
    expect(reportHtml({ ...DEMO, failures, stores })).toContain(
      '<span class="named unreadable">unreadable</span>, 8,000',
    );
  });

  it('shows no time where the report of an earlier version has none', () => {
    const { pace: _, measured: __, ...earlier } = DEMO;
    expect(reportHtml(earlier)).not.toContain('Throughput');
  });
});

describe('the next calls', () => {
  const calls = (changes: Partial<Report>): readonly string[] =>
    nextCalls({ ...DEMO, ...changes }).map(({ words }) => words.join(' '));

  it('are those of the terminal, word for word, but for the one that writes this page', () => {
    for (const report of Object.values(reportScenes())) {
      const shown = [
        ...reportHtml(report).matchAll(/<li><pre tabindex="0"><code>(.*?)<.code><.pre>(.*?)<.li>/g),
      ];
      const steps = afterReport(report, {}).filter(({ command }) => !command.includes(' --html '));
      expect(shown.map(([, command, why]) => ({ command, why }))).toEqual(
        steps.map(({ command, why }) => ({ command: escape(command), why: escape(why) })),
      );
    }
  });

  it('list what is left and go on, where something is', () => {
    expect(calls({ runId: 'run-1', verdict: 'not-proven' })).toEqual([
      'report run-1 --html run-1.html',
      'report run-1 --failures unproven.csv',
      'run orders',
    ]);
  });

  it.each([
    ['census', 'not-proven'],
    ['verify', 'not-proven'],
    ['migrate', 'not-proven'],
    ['rollback', 'not-moved'],
  ] as const)('name the query that lists what a %s leaves: %s', (mode, query) => {
    expect(reportHtml({ ...DEMO, mode })).toContain(`the named query <code>${query}</code>`);
  });

  it('list nothing after a census that went well: all of it can be moved', () => {
    const stores = DEMO.stores.map(store => ({
      ...store,
      ...{
        verdict: { kind: 'not-proven', doubts: [] } as const,
        concluding: { 'to-rewrap': 5 },
        complete: true,
      },
    }));
    expect(calls({ mode: 'census', verdict: 'counted', stores }).join()).not.toContain('--failures');
  });

  it('ask whether the key may go, where nothing is left under it, and the source is not kept', () => {
    const [old] = DEMO.keyMaterials;
    expect(calls({ verdict: 'proven' })).toEqual([`retire-check ${old!.keyArn}`]);
    expect(calls({ verdict: 'proven', keepsSource: true }).join()).not.toContain('retire-check');
  });

  it('never ask about a key under whose other material data keys are now', () => {
    const keyMaterials = DEMO.keyMaterials.map(one => ({ ...one, keyArn: 'arn:one' }));
    expect(calls({ verdict: 'proven', keyMaterials }).join()).not.toContain('retire-check');
  });

  it('are one word for a shell on the page, whatever a name holds', () => {
    expect(reportHtml({ ...DEMO, job: "x'; rm -rf $HOME", verdict: 'empty' })).toContain(
      escape(`npx rewrap plan 'x'\\''; rm -rf $HOME'`),
    );
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { conclusion } from '../../lambda/core/report/conclusion.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { startBrowser } from '../support/browser.ts';
import { inPage, LOOKS, seriousFindings, shownPage, type Look, type Shown } from '../support/shown-page.ts';
import { demoReport, reportScenes } from '../support/report-scenes.ts';

/** Where a person may look at what the browser shows: REWRAP_SCREENSHOTS=FOLDER npm run test:browser. */
const PICTURES = process.env['REWRAP_SCREENSHOTS'];

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
});

const [WIDE, , NARROW] = LOOKS as readonly [Look, Look, Look];

const shown = (report: Report, look: Look = WIDE): Promise<Shown> =>
  shownPage(browser, reportHtml(report), look);

interface Drawn {
  readonly id: string;
  readonly drawn: number;
  readonly wide: number;
}

const CHARTS = `[...document.querySelectorAll('svg[role=img]')].map(one => ({
  id: one.querySelector('title').id,
  drawn: one.querySelectorAll('rect').length,
  wide: one.getBoundingClientRect().width,
}))`;

/** What a chart draws beyond its own edges. */
const OUTSIDE = `[...document.querySelectorAll('svg[role=img]')].flatMap(chart => {
  const { left, right } = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('rect,text')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < left - 1 || box.right > right + 1;
  }).map(one => one.outerHTML);
})`;

const PLANTED = `
  document.body.insertAdjacentHTML('beforeend', '<img src="https://example.com/x.png">');
  console.error('planted');`;

describe.each(Object.entries(reportScenes()))('the page of %s', (name, report) => {
  it.each(LOOKS)(
    '%s: is readable for everybody, asks for nothing and complains of nothing',
    async (...look) => {
      const { page, complaints } = await shown(report, look);
      expect(await inPage(page, 'document.querySelector("h1").textContent')).toBe(conclusion(report).title);
      expect(await seriousFindings(page)).toEqual([]);
      // Tables scroll within themselves.
      const { width } = look[1];
      expect(await inPage<number>(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      await picture(page, `${name}, ${look[0]}`);
      await page.close();
    },
  );

  it('is printed, with what is folded on the screen', async () => {
    const { page } = await shown(report);
    const pdf = await page.pdf({ format: 'A4' });
    expect(Buffer.from(pdf.subarray(0, 5)).toString('latin1')).toBe('%PDF-');
    if (PICTURES !== undefined) writeFileSync(join(PICTURES, `${name}.pdf`), pdf);
    await page.emulateMediaType('print');
    const hidden = await inPage(
      page,
      '[...document.querySelectorAll("details > *:not(summary)")].filter(one => !one.checkVisibility()).length',
    );
    expect(hidden).toBe(0);
    await page.close();
  });
});

describe('the page of a demo', () => {
  it('has a chart of key materials, of outcomes and of the time, each with its figures in a table', async () => {
    const { page } = await shown(demoReport());
    const charts = await inPage<readonly Drawn[]>(page, CHARTS);
    expect(charts.map(({ id }) => id)).toEqual([
      'key-materials-title',
      'outcomes-title',
      'pace-data-keys-title',
      'pace-requests-title',
    ]);
    for (const { drawn, wide } of charts) {
      expect(drawn).toBeGreaterThan(1);
      expect(wide).toBeGreaterThan(300);
    }
    const tables = await inPage(
      page,
      '[...document.querySelectorAll("caption")].map(one => one.textContent)',
    );
    for (const caption of [
      'Data keys under each key material',
      'Data keys of each store by outcome',
      'Counts in each slot of time',
    ])
      expect(tables).toContain(caption);
    await page.close();
  });

  it('draws no bar and no word outside its chart, however narrow it is', async () => {
    const { page } = await shown(demoReport(), NARROW);
    const outside = await inPage(page, OUTSIDE);
    expect(outside).toEqual([]);
    await page.close();
  });
});

describe('these checks', () => {
  it('find an image without words, a console that complains and a request', async () => {
    const { page, complaints } = await shown(demoReport());
    await inPage(page, PLANTED);
    await page.waitForNetworkIdle();
    expect((await seriousFindings(page)).map(one => one.split(':')[0])).toContain('image-alt');
    expect(complaints.join('\n')).toMatch(/request: https:\/\/example\.com\/x\.png/);
    expect(complaints.join('\n')).toContain('console: planted');
    await page.close();
  });
});

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  // Chromium takes no picture of a page of 50 stores at once.
  const height = Math.min(8_000, await inPage<number>(page, 'document.documentElement.scrollHeight'));
  await page.setViewport({ width: page.viewport()?.width ?? 1100, height });
  await page.screenshot({ path: `${join(PICTURES, name)}.png` });
}

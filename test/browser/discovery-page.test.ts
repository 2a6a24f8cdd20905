import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { discoveryHtml } from '../../cli/render/discovery-page.ts';
import { startBrowser } from '../support/browser.ts';
import { inPage, LOOKS, seriousFindings, shownPage } from '../support/shown-page.ts';
import { toldDiscovery } from '../support/told-discovery.ts';

const PICTURES = process.env['REWRAP_SCREENSHOTS'];

describe('the page of rewrap discover', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it.each(LOOKS)(
    '%s: is readable for everybody, asks for nothing and complains of nothing',
    async (...look) => {
      const html = discoveryHtml(toldDiscovery('Invoices'), new Date('2026-11-28T12:00:00Z'));
      const { page, complaints } = await shownPage(browser, html, look);
      expect(await inPage(page, 'document.querySelector("h1").textContent')).toBe(
        'Open: 1 store with data keys and no job.',
      );
      expect(await seriousFindings(page)).toEqual([]);
      expect(await inPage<number>(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        look[1].width,
      );
      expect(complaints).toEqual([]);
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `discover, ${look[0]}.png`), fullPage: true });
      }
      await page.close();
    },
  );
});

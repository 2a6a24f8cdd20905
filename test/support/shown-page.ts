import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

/** How somebody looks at a page. */
export type Look = readonly [
  name: string,
  viewport: { readonly width: number; readonly height: number },
  scheme: 'light' | 'dark',
];

export const LOOKS: readonly Look[] = [
  ['light', { width: 1100, height: 900 }, 'light'],
  ['dark', { width: 1100, height: 900 }, 'dark'],
  ['420 pixels wide', { width: 420, height: 900 }, 'light'],
  ['420 pixels wide and dark', { width: 420, height: 900 }, 'dark'],
];
export interface Shown {
  readonly page: Page;
  /** What the console said, and what the page asked for beside itself. */
  readonly complaints: readonly string[];
}

export async function shownPage(browser: Browser, html: string, [, viewport, scheme]: Look): Promise<Shown> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', message => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`error: ${String(error)}`));
  page.on('request', request => {
    if (!request.url().startsWith('data:') && !request.isNavigationRequest())
      complaints.push(`request: ${request.url()}`);
  });
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`data:text/html;base64,${Buffer.from(html).toString('base64')}`);
  return { page, complaints };
}

/** Rules that axe-core calls serious or critical, with the first element that breaks each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await inPage<AxeResults>(page, 'axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/** Scripts are texts: types of a browser are none of the product's. */
export async function inPage<Answer>(page: Page, script: string): Promise<Answer> {
  return (await page.evaluate(script)) as Answer;
}

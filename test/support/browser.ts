import { existsSync } from 'node:fs';
import puppeteer, { type Browser } from 'puppeteer-core';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser that knows no network. It is never skipped where there is none: a page that nobody has opened is not tested. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = PLACES.find(place => place !== undefined && existsSync(place));
  if (executablePath === undefined)
    throw new Error(
      'no Chromium: install it (on Debian: apt-get install chromium), or name another one in the variable CHROMIUM',
    );
  return puppeteer.launch({
    executablePath,
    // In a container there is no user namespace to make a sandbox of. The pages are ours and have no script.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND',
    ],
  });
}

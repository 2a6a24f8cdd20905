// Writes the generated parts of the pages in docs/. With --check it writes nothing, and fails where a page is not what it
// would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { PAGES } from './pages/pages.mjs';
import { staleness, withSections } from './pages/sections.mjs';

const check = process.argv.includes('--check');
const wrong = [];
for (const [page, sections] of Object.entries(PAGES)) {
  const file = new URL(`../${page}`, import.meta.url);
  const old = readFileSync(file, 'utf8');
  if (check) wrong.push(...(await staleness(page, old, sections())));
  else writeFileSync(file, await withSections(page, old, sections()));
}
for (const words of wrong) console.error(words);
process.exitCode = wrong.length === 0 ? 0 : 1;

// Writes the generated parts of the pages in docs/. With --check it writes nothing. It then fails if a page is not what it
// would write, or if a page has a table that is wider than a screen.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DRAWINGS, PAGES } from './pages/pages.mjs';
import { staleness, withSections } from './pages/sections.mjs';
import { wideTables } from './pages/wide-tables.mjs';

const ROOT = new URL('../', import.meta.url);
const read = page => readFileSync(new URL(page, ROOT), 'utf8');
const FOLDERS = ['docs', 'emulator', 'examples', 'lambda', 'test'];

function everyPage() {
  const within = folder =>
    readdirSync(new URL(`${folder}/`, ROOT), { recursive: true }).map(file => `${folder}/${file}`);
  return [...readdirSync(ROOT), ...FOLDERS.flatMap(within)].filter(file => file.endsWith('.md'));
}

const check = process.argv.includes('--check');
const wrong = [];
for (const [page, sections] of Object.entries(PAGES)) {
  const old = read(page);
  if (check) wrong.push(...(await staleness(page, old, sections())));
  else writeFileSync(new URL(page, ROOT), await withSections(page, old, sections()));
}
for (const [file, drawing] of Object.entries(DRAWINGS())) {
  const old = existsSync(new URL(file, ROOT)) ? read(file) : '';
  if (!check) writeFileSync(new URL(file, ROOT), drawing);
  else if (old !== drawing) wrong.push(`${file} is stale: npm run docs`);
}
if (check) wrong.push(...everyPage().flatMap(page => wideTables(page, read(page))));
for (const words of wrong) console.error(words);
process.exitCode = wrong.length === 0 ? 0 : 1;

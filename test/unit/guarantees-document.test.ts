import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLANTED_BUGS } from '../faults/planted-bugs.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const document = oneLine(readFileSync(join(ROOT, 'docs/guarantees.md'), 'utf8'));
const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => oneLine(readFileSync(join(ROOT, 'test', file), 'utf8')))
  .join('\n');

/** The document has names of tests and planted bugs in italics; `…` stands for what differs between the rows of a table. */
const named = [...document.matchAll(/(?<![\w/])_([^_]+)_(?!\w)/g)].map(([, name]) => name!);

describe('docs/guarantees.md', () => {
  it('names tests that exist', () => {
    expect(named.length).toBeGreaterThan(30);
    for (const name of named) for (const part of name.split('…')) expect(tests).toContain(part.trim());
  });

  it('has a section for each invariant, and names every planted bug', () => {
    for (let invariant = 1; invariant <= 10; invariant++) expect(document).toContain(`## ${invariant}. `);
    for (const { name } of PLANTED_BUGS) expect(named).toContain(name);
  });
});

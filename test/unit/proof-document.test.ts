import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const document = readFileSync(join(ROOT, 'docs/proof.md'), 'utf8');
const section = document.split('## What AWS does not document')[1]!.split('\n## ')[0]!;
const rows = section.split('\n').filter(line => line.startsWith('| '));
const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => oneLine(readFileSync(join(ROOT, 'test', file), 'utf8')))
  .join('\n');

describe('the table of what AWS does not document', () => {
  it('has both answers, what the product does and its tests in every row', () => {
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows)
      expect(row.split('|').map(cell => cell.trim() !== '')).toEqual([
        false,
        ...Array<boolean>(5).fill(true),
        false,
      ]);
  });

  it('names tests that are there', () => {
    const named = [...oneLine(section).matchAll(/(?<![\w/])_([^_]+)_(?!\w)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(12);
    for (const name of named) for (const part of name.split('…')) expect(tests).toContain(part.trim());
  });
});

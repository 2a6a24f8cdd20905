import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const document = readFileSync(join(ROOT, 'docs/proof.md'), 'utf8');
const section = document.split('## What AWS does not document')[1]!.split('\n## ')[0]!;
const questions = section.split('\n### ').slice(1);
const PARTS = ['AWS may answer', 'Or', 'So the product', 'Tests'];
const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => oneLine(readFileSync(join(ROOT, 'test', file), 'utf8')))
  .join('\n');

/** The points of a question, each with the word that it begins with. */
const pointsOf = (question: string): readonly (readonly [part: string, words: string])[] =>
  question
    .split('\n- ')
    .slice(1)
    .map(point => [point.slice(0, point.indexOf(':')), oneLine(point.slice(point.indexOf(':') + 1)).trim()]);
const named = (text: string): readonly string[] =>
  [...oneLine(text).matchAll(/(?<![\w/])_([^_]+)_(?!\w)/g)].map(([, name]) => name!);

describe('the list of what AWS does not document', () => {
  it('has both answers, what the product does and its tests for every question', () => {
    expect(questions.length).toBeGreaterThanOrEqual(8);
    for (const question of questions) {
      expect(pointsOf(question).map(([part]) => part)).toEqual(PARTS);
      for (const [, words] of pointsOf(question)) expect(words).not.toBe('');
      expect(named(pointsOf(question)[3]![1])).not.toEqual([]);
    }
  });

  it('names tests that exist', () => {
    expect(named(section).length).toBeGreaterThan(12);
    for (const name of named(section))
      for (const part of name.split('…')) expect(tests).toContain(part.trim());
  });
});

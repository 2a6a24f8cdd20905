import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_ASKED } from '../live/questions/not-asked.ts';
import { QUESTIONS } from '../live/questions/registry.ts';
import { ROOT } from '../support/readme.ts';

const ALL = [...QUESTIONS, ...NOT_ASKED];
/** As pages name a question. */
const NAMED = /live: `([a-z0-9-]+)`/g;

function pages(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md'))
    .map(file => `${folder}/${file}`);
}

const idsIn = (page: string): readonly string[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(NAMED)].map(([, id]) => id!);

describe('the questions of the live test', () => {
  it('have an id each', () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
  });

  it.each(QUESTIONS.map(({ id, answers, assumed }) => [id, answers, assumed] as const))(
    '%s assumes one of the answers that it knows',
    (_, answers, assumed) => {
      expect(answers).toContain(assumed);
      expect(new Set(answers).size).toBe(answers.length);
    },
  );

  it.each(ALL.map(({ id, where }) => [id, where] as const))(
    '%s is named by the pages that assume an answer',
    (id, where) => {
      expect(where.length).toBeGreaterThan(0);
      for (const page of where) {
        expect(existsSync(join(ROOT, page))).toBe(true);
        expect(idsIn(page)).toContain(id);
      }
    },
  );

  it('are all that the embedded AWS assumes by its own words', () => {
    const assumes = /AWS does not (?:say|document)|inferred|not documented|documents? less/;
    const blocks = pages('emulator').flatMap(page =>
      readFileSync(join(ROOT, page), 'utf8')
        .split(/\n\n|\n- /)
        .map(block => `${page}: ${block.replace(/\s+/g, ' ')}`),
    );
    const assuming = blocks.filter(block => assumes.test(block));
    expect(assuming.length).toBeGreaterThan(15);
    expect(assuming.filter(block => !block.includes('live: `'))).toEqual([]);
  });

  it('are all that pages name', () => {
    const named = [...pages('emulator'), ...pages('docs')].flatMap(page =>
      idsIn(page).map(id => [page, id] as const),
    );
    const unknown = named.filter(([page, id]) => !ALL.some(one => one.id === id && one.where.includes(page)));
    expect(unknown).toEqual([]);
  });
});

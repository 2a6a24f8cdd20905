import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('pages and their generated parts', () => {
  const said = JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', 'test/support/pages-planted.mjs'], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  ) as Readonly<Record<string, string | readonly string[]>>;

  it('are stale if their source has changed, or if somebody has edited them', () => {
    const stale = ['docs/planted.md is not what `npm run docs` writes'];
    expect(said).toMatchObject({ fresh: [], stale, edited: stale });
    expect(said['noPlace']).toContain('docs/planted.md has no place between');
  });

  it('may have no table with a row that is wider than a screen', () => {
    expect(said['wide']).toEqual(['docs/planted.md:4 is a row of 101 characters: make the table a list']);
  });

  it('have one reason for each action of each role', () => {
    expect(said['reasons']).toEqual([]);
    expect(said['newAction']).toEqual([expect.stringMatching(/^Plan: kms:DisableKey on .* has 0 reasons$/)]);
    expect(said['newRole']).toEqual([expect.stringMatching(/^Retire: .* has 0 reasons$/)]);
  });

  it('have no reason for an action that no role has', () => {
    expect(said['goneAction']).toEqual([
      'Plan: events:PutEvents on event bus has a reason, and no grant',
      'Report: events:PutEvents on event bus has a reason, and no grant',
    ]);
  });

  it.each([
    ['resource', 'arn:aws:s3:::other has no words'],
    ['condition', '{"Bool":{"other":"true"}} has no words'],
    ['deny', 'is no Allow'],
    ['undescribed', 'the field odd has no description'],
    ['field', 'there are no words for {"type":"number"'],
    ['units', 'units differ'],
  ])('are not written where they have no words or no drawing for what is there: %s', (planted, words) => {
    expect(said[planted]).toContain(words);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isSettled,
  mayNeedSource,
  OUTCOME_KINDS,
  type OutcomeKind,
} from '../../lambda/core/model/outcome.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const sources = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => `${folder}/${file}`);

/** The text under a heading, up to the next heading of the same level. */
function under(heading: string, page: string): string {
  const found = page.split(`\n${heading}\n`)[1];
  if (found === undefined) throw new Error(`no heading ${heading}`);
  const rank = heading.split(' ')[0]!;
  return found.split(`\n${rank} `)[0]!;
}

/** The files that the steps of a recipe name, in order. */
function filesOf(recipe: string): readonly string[] {
  const steps = under(`## ${recipe}`, read('CONTRIBUTING.md')).matchAll(/^\d+\. `([^`]+)`/gm);
  return [...steps].map(([, file]) => file!);
}

/** The commands that the CLI lists in its own help. */
async function commands(): Promise<readonly string[]> {
  const { stdout: help } = await rewrap(['--help']);
  const listed = help.split('Commands:')[1]!.matchAll(/^ {2}([a-z][a-z0-9-]*)/gm);
  return [...listed].map(([, name]) => name!).filter(name => name !== 'help');
}

describe('the recipe for a command', () => {
  /** Each of these commands is tested in another way. */
  const NOT_IN_TESTS: Readonly<Record<string, string>> = {
    demo: 'npm start, which .ci/run holds to its result',
    inspect: 'test/contract/inspect.test.ts, as it needs no deployment',
    discover: 'test/contract/discover.test.ts, as it needs no deployment',
    init: 'test/contract/init.test.ts, as it needs no deployment',
    completion: 'test/unit/completion.test.ts, as it is for a shell',
  };

  it('names files that exist, in the order of its steps', () => {
    const files = filesOf('Add a command');
    expect(files).toEqual([
      'cli/commands/NAME.ts',
      'cli/program.ts',
      'test/stories/long-units.test.ts',
      'README.md',
      'docs/permissions.md',
      'CHANGELOG.md',
    ]);
    for (const file of files.filter(one => !one.includes('NAME'))) expect(read(file)).not.toBe('');
  });

  it('is what every command has followed', async () => {
    const readme = under('## The command line', read('README.md'));
    const ends = [...sources('test/e2e'), ...sources('test/stories')].map(read).join('\n');
    const all = await commands();
    expect(all.length).toBeGreaterThan(10);
    for (const name of all) {
      expect(readme).toMatch(new RegExp(`^- [^:]*\`${name}[ \`]`, 'm'));
      if (NOT_IN_TESTS[name] === undefined) expect(ends).toContain(`'${name}'`);
    }
  });

  it('leaves no command file that the program does not load', () => {
    const program = read('cli/program.ts') + read('cli/attest.ts');
    const shared = [
      'run-input',
      'inspected-store',
      'init-questions',
      'store-sample',
      'table-backups',
      ...['discovered-drafts', 'discovered-keys', 'discovered-store', 'discovered-users', 'other-stores'],
      'trail-users',
      'packed-trail',
    ].map(name => `cli/commands/${name}.ts`);
    for (const file of sources('cli/commands').filter(one => !shared.includes(one)))
      expect(program).toContain(`import('./${file.slice('cli/'.length)}')`);
  });
});

describe('the recipe for an outcome', () => {
  const files = filesOf('Add an outcome');

  it('names every file that lists outcomes, and no other', () => {
    const most = (text: string): boolean =>
      OUTCOME_KINDS.filter(kind => new RegExp(`['.]${kind}\\b`).test(text)).length >=
      OUTCOME_KINDS.length - 3;
    const lists = ['lambda', 'cli', 'lib'].flatMap(sources).filter(file => most(read(file)));
    expect(files.filter(file => file.endsWith('.ts'))).toEqual(lists);
    expect(files.filter(file => file.endsWith('.md'))).toEqual([
      'docs/jobs.md',
      'docs/design.md',
      'CHANGELOG.md',
    ]);
  });

  it.each(OUTCOME_KINDS)('is what %s has followed', kind => {
    expect(under('## Outcomes', read('docs/jobs.md'))).toMatch(new RegExp(`^- \`${kind}\`: `, 'm'));
    expect(under('### Outcomes', read('docs/design.md'))).toMatch(new RegExp(`^- .*\`${kind}\`.*: `, 'm'));
    const stages = sources('lambda/core').filter(file => !files.includes(file));
    expect(stages.filter(file => read(file).includes(`'${kind}'`))).not.toEqual([]);
    expect(sources('test/unit').filter(file => read(file).includes(kind))).not.toEqual([]);
  });

  it('is right that a new one is a doubt until somebody says otherwise', () => {
    const unheardOf = 'unheard-of' as OutcomeKind;
    expect([isSettled(unheardOf), mayNeedSource(unheardOf)]).toEqual([false, true]);
  });
});

describe('the scripts of package.json', () => {
  it('are lines that every shell reads alike, that of Windows included', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> };
    // cmd.exe sets no variable before a command, knows no single quotes and no $NAME.
    const others = Object.entries(scripts).filter(([, line]) => /(^|[&|;]\s*)\w+=|^[^"]*'|\$/.test(line));
    expect(others).toEqual([]);
  });
});

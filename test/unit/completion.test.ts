import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addCompletion } from '../../cli/completion.ts';
import { main } from '../../cli/program.ts';

// Of no use without a terminal, and of a dozen packages that Jest would have to transform.
jest.mock('log-update', () => ({ createLogUpdate: (): undefined => undefined }));

const folder = mkdtempSync(join(tmpdir(), 'rewrap-completion-'));
writeFileSync(join(folder, 'a.json'), '{ "name": "orders" }');
writeFileSync(join(folder, 'b.json'), '{ "name": "payments", ');
writeFileSync(join(folder, 'notes.txt'), '{ "name": "notes" }');
afterAll(() => rmSync(folder, { recursive: true }));

let printed: jest.SpyInstance;
beforeEach(() => (printed = jest.spyOn(console, 'log').mockImplementation(() => undefined)));
afterEach(() => printed.mockRestore());
const lines = (): readonly string[] =>
  printed.mock.calls.flatMap(([text]: readonly unknown[]) => String(text).split('\n'));

/** What a shell is offered for these words, without the line that is for itself. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  await main(['complete', '--', ...words]);
  return lines()
    .slice(0, -1)
    .map(line => line.split('\t')[0] ?? '');
}

describe('a shell is offered', () => {
  it('commands', async () => expect(await offered('re')).toEqual(['resume', 'report', 'retire-check']));
  it('commands of a group', async () => expect(await offered('jobs', '')).toContain('validate'));
  it('options', async () =>
    expect(await offered('run', 'orders', '--m')).toEqual(['--mode', '--max-concurrency']));
  it('the values of an option', async () =>
    expect(await offered('plan', 'orders', '--mode', '')).toEqual(['migrate', 'census', 'verify']));

  it.each([
    ['plan', ['orders']],
    ['run', ['orders']],
    ['jobs validate', [join(folder, 'a.json')]],
  ])('what its folder has, after %s', async (name, expected) => {
    const program = new Command('rewrap');
    program.command('plan <job>');
    program.command('run <job>');
    program.command('jobs').command('validate <files...>');
    addCompletion(program, folder);
    await program.parseAsync(['complete', '--', ...name.split(' '), ''], { from: 'user' });
    expect(lines().map(line => line.split('\t')[0])).toEqual([...expected, ':4']);
  });
});

it('the script for bash is one that bash reads', async () => {
  await main(['completion', 'bash']);
  const script = lines().join('\n');
  expect(script).toContain('complete -F');
  expect(() => execFileSync('bash', ['-n'], { input: script })).not.toThrow();
});

it.each(['zsh', 'fish'])('there is a script for %s', async shell => {
  await main(['completion', shell]);
  expect(lines().join('\n')).toContain('rewrap complete --');
});

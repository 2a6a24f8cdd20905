import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('licences of packages', () => {
  const said = JSON.parse(
    execFileSync(process.execPath, ['test/support/licences-planted.mjs'], { cwd: ROOT, encoding: 'utf8' }),
  ) as Readonly<Record<string, readonly unknown[]>>;
  const refused = (licence: string, group: string): readonly string[] => [
    `@planted/one 1.0.0: its licence, ${licence}, is not accepted for ${group} (.ci/licences/accepted.mjs)`,
  ];

  it('are accepted for all that the lock file has', () => {
    expect(said['ours']).toEqual([]);
  });

  it('may be accepted for development, and refused for what is installed', () => {
    expect(said['forDevelopment']).toEqual([]);
    expect(said['installed']).toEqual(refused('CC-BY-4.0', 'installed'));
  });

  it('may be accepted for what is installed, and refused for what the functions carry into an account', () => {
    expect(said['shipped']).toEqual(refused('BlueOak-1.0.0', 'functions'));
  });

  it('are refused if a package names none, or lets one choose in words that nobody has read', () => {
    expect(said['unnamed']).toEqual(refused('none', 'development'));
    expect(said['choice']).toEqual(refused('(MIT OR GPL-2.0)', 'installed'));
  });

  it('are those of the package that a bundled file belongs to, each once', () => {
    expect(said['packages']).toEqual([{ name: '@planted/one', version: '1.0.0', licence: 'MIT' }]);
    expect(said['places']).toEqual(['node_modules/a', 'node_modules/a/node_modules/@b/c', 'our own']);
  });
});

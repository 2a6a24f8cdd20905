import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/readme.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const FILE = join(ROOT, 'examples/jobs/orders.json');

describe('rewrap jobs validate', () => {
  it('says, of each valid job, for how many more like it the deployment has room', async () => {
    const { code, stdout } = await rewrap(['jobs', 'validate', FILE]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /job orders is valid; deployment KmsRewrap has room for about \d+ more jobs like this one/,
    );
  });

  it('says so in JSON, too, and more beside jobs whose keys it shares: only its table is new', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'room-'));
    const text = readFileSync(FILE, 'utf8');
    const others = Array.from({ length: 20 }, (_, number) => {
      const other = join(folder, `orders-${number}.json`);
      const replaced = text
        .replace('"orders"', `"orders-${number}"`)
        .replace('"table": "Orders"', `"table": "Orders-${number}"`);
      writeFileSync(other, replaced);
      return other;
    });
    cpSync(FILE, join(folder, 'orders.json'));
    const roomOf = async (files: readonly string[]): Promise<number> => {
      const { stdout } = await rewrap(['jobs', 'validate', ...files, '--json']);
      const [first] = (JSON.parse(stdout) as { files: readonly { room: { more: number } }[] }).files;
      return first!.room.more;
    };
    const alone = await roomOf([FILE]);
    const beside = await roomOf([FILE, ...others]);
    expect(alone).toBeGreaterThan(0);
    expect(beside).toBeGreaterThan(alone);
  });

  it('has no room to tell of a file that is no job', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'room-')), 'none.json');
    writeFileSync(file, '{}');
    const { code, stdout } = await rewrap(['jobs', 'validate', file, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ job: null, room: null }] });
  });
});

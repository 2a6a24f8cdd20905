import { CreateAliasCommand, DecryptCommand, DisableKeyCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalFiles } from '../../lambda/adapters/files/local-files.ts';
import { sopsFormat } from '../../lambda/formats/sops/index.ts';
import { SOPS_FILES } from '../formats/cases/sops.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { rewrap } from '../support/rewrap-cli.ts';
import { sopsEntries } from '../support/sops-reader.ts';

/** A file of SOPS with one data key of that key. */
async function fileUnder(aws: Embedded, key: string, text = SOPS_FILES.get('plain/config.yaml')!) {
  const [{ enc, arn } = { enc: '', arn: '' }] = sopsEntries('a.yaml', text);
  const Plaintext = Buffer.alloc(32, 5);
  const { CiphertextBlob = [] } = await aws.kms.send(new EncryptCommand({ KeyId: key, Plaintext }));
  return text.replaceAll(arn, key).replace(enc, Buffer.from(CiphertextBlob).toString('base64'));
}

describe('rewrap file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-file-'));
  const at = (name: string): string => join(folder, name);
  let aws: Embedded;
  let keys: { readonly old: string; readonly new: string; readonly other: string };
  let alias: string;

  beforeAll(async () => {
    aws = await embedded();
    keys = { old: await createKey(aws.kms), new: await createKey(aws.kms), other: await createKey(aws.kms) };
    await aws.kms.send(new CreateAliasCommand({ AliasName: 'alias/sops', TargetKeyId: keys.new }));
    alias = keys.new.replace(/key\/.*/, 'alias/sops');
    writeFileSync(at('a.yaml'), await fileUnder(aws, keys.old));
    chmodSync(at('a.yaml'), 0o640);
    symlinkSync('a.yaml', at('link.yaml'));
    writeFileSync(at('other.yaml'), await fileUnder(aws, keys.other));
    writeFileSync(at('none.txt'), 'nothing\n');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await aws.stop();
  });

  const file = (names: readonly string[], ...more: readonly string[]) =>
    rewrap(['file', ...names.map(at), '--source', keys.old, '--destination', alias, '--json', ...more], aws);

  it('is refused before anything is written if a file or a key is not there', async () => {
    const before = readFileSync(at('a.yaml'), 'utf8');
    const missing = await file(['a.yaml', 'b.yaml']);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('b.yaml: there is no such file'),
    ]);
    const nowhere = keys.old.replace(/.$/, end => (end === '0' ? '1' : '0'));
    const key = await rewrap(['file', at('a.yaml'), '--source', nowhere, '--destination', keys.new], aws);
    expect([key.code, key.stderr]).toEqual([2, expect.stringContaining('is no key that KMS knows')]);
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe(before);
  });

  it('writes nothing in a dry run, and says what is to do', async () => {
    const before = readFileSync(at('a.yaml'), 'utf8');
    const { code, stdout } = await file(['a.yaml'], '--dry-run');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { dryRun: true, outcomes: { 'to-rewrap': 1 } }]);
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe(before);
  });

  it('re-wraps a file in place, once, through a link, and names keys and key materials', async () => {
    const { code, stdout } = await file(['link.yaml', 'a.yaml', 'none.txt']);
    const material = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        files: [
          {
            file: at('link.yaml'),
            entries: [
              {
                ...{ place: 'sops.kms[0].enc', outcome: 'rewrapped' },
                source: { keyArn: keys.old, keyMaterialId: material },
                destination: { keyArn: keys.new, keyMaterialId: material },
              },
            ],
          },
          { file: at('none.txt'), entries: [] },
        ],
        left: false,
      },
    ]);
    expect(lstatSync(at('link.yaml')).isSymbolicLink()).toBe(true);
    expect(statSync(at('a.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['a.yaml', 'link.yaml', 'none.txt', 'other.yaml']);
  });

  it('leaves what SOPS opens without the old key, and writes nothing again', async () => {
    const text = readFileSync(at('a.yaml'), 'utf8');
    const { code, stdout } = await file(['a.yaml']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { outcomes: { 'already-current': 1 } }]);
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe(text);
    await aws.kms.send(new DisableKeyCommand({ KeyId: keys.old }));
    const [{ arn, enc } = { arn: '', enc: '' }] = sopsEntries('a.yaml', text);
    const asked = { KeyId: arn, CiphertextBlob: Buffer.from(enc, 'base64') };
    expect(Buffer.from((await aws.kms.send(new DecryptCommand(asked))).Plaintext!)).toEqual(
      Buffer.alloc(32, 5),
    );
  });

  it('leaves data keys of other keys alone, and says so in words and by its exit code', async () => {
    const before = readFileSync(at('other.yaml'), 'utf8');
    const args = ['file', at('other.yaml'), '--source', keys.new, '--destination', keys.new];
    const { code, stdout } = await rewrap(args, aws);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/other\.yaml {2}sops\.kms\[0\]\.enc {2}foreign-key/),
    ]);
    expect(readFileSync(at('other.yaml'), 'utf8')).toBe(before);
  });
});

describe('a file that is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-files-'));
  const path = join(folder, 'a.yaml');
  const format = bound(sopsFormat, { type: 'sops' });
  const files = new LocalFiles([path]);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function change() {
    const [record] = (await files.readPage()).records;
    const replacements = format.read(record!).map(({ slot }) => ({
      ...{ slot, ciphertext: Buffer.alloc(190, 3), destination: { keyArn: NEW_DESTINATION.keyArn } },
      destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const,
    }));
    return { record: record!, places: format.replace(record!, replacements) };
  }

  it('is left alone if it is no longer what was read', async () => {
    writeFileSync(path, SOPS_FILES.get('plain/config.yaml')!);
    const { record, places } = await change();
    writeFileSync(path, `${SOPS_FILES.get('plain/config.yaml')!}# mine\n`);
    expect(await files.write(record, places)).toEqual({ kind: 'precondition-failed' });
    expect(readFileSync(path, 'utf8')).toMatch(/# mine\n$/);
    expect(readdirSync(folder)).toEqual(['a.yaml']);
  });

  it('is blocked if it is no file, and gone if it is gone', async () => {
    const [inFolder, gone] = await files.find([folder, join(folder, 'none')]);
    expect(inFolder).toMatchObject({
      hidden: expect.stringContaining('directories are not walked') as string,
    });
    expect(gone).toBeUndefined();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entriesIn, remaining, type Entry } from '../live/things/entries.ts';
import { Ledger } from '../live/things/ledger.ts';
import { isNameOf, named, stackNamed, type Thing } from '../live/things/thing.ts';

const ID = '0123456789';
const RUN = { id: ID, account: '111122223333', region: 'us-east-1', secondRegion: 'eu-west-1' };
const table: Thing = { kind: 'table', region: 'us-east-1', name: named(ID, 'a') };
const bucket: Thing = { kind: 'bucket', region: 'us-east-1', name: named(ID, 'a') };
const makes = (thing: Thing): Entry => ({ did: 'makes', thing });

describe('what a ledger says is left', () => {
  it('is what was to be made and was not removed, the last first', () => {
    expect(remaining([{ did: 'began', ...RUN }, makes(table), makes(bucket)])).toEqual([bucket, table]);
    expect(remaining([makes(table), makes(bucket), { did: 'removed', thing: bucket }])).toEqual([table]);
  });

  it('is the same whether a thing was written down once or twice', () => {
    expect(remaining([makes(table), makes(table)])).toEqual([table]);
  });
});

describe('a ledger', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ledger-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has a line on the disk when makes returns', () => {
    Ledger.begin(folder, RUN).makes(table);
    expect(readFileSync(join(folder, `${ID}.jsonl`), 'utf8')).toBe(
      `${JSON.stringify({ did: 'began', ...RUN })}\n${JSON.stringify(makes(table))}\n`,
    );
  });

  it('can be opened by another process, and knows its run', () => {
    Ledger.begin(folder, RUN).makes(table);
    const opened = Ledger.open(folder, ID);
    expect(opened.run).toEqual(RUN);
    expect(remaining(opened.entries)).toEqual([table]);
  });

  it('does without a last line that a kill has cut off', () => {
    expect(entriesIn(`${JSON.stringify(makes(table))}\n{"did":"makes","thi`)).toEqual([makes(table)]);
  });

  it('that is not there is refused with those that are', () => {
    Ledger.begin(folder, RUN);
    expect(() => Ledger.open(folder, 'ffffffffff')).toThrow(`known runs: ${ID}`);
  });

  it('of something else is refused', () => {
    writeFileSync(join(folder, 'ffffffffff.jsonl'), `${JSON.stringify(makes(table))}\n`);
    expect(() => Ledger.open(folder, 'ffffffffff')).toThrow('does not begin with its run');
  });
});

describe('the names of a run', () => {
  it.each([
    named(ID, 'records'),
    stackNamed(ID, ''),
    `rewraplive${ID}-journalbucket-abc`,
    `/aws/lambda/RewrapLive${ID}-Plan-XYZ`,
    `cdk-${ID}-assets-111122223333-us-east-1`,
  ])('%s is one', name => {
    expect(isNameOf(ID, name)).toBe(true);
  });

  it.each([
    'orders',
    'KmsRewrap',
    named('9876543210', 'records'),
    `my-kms-rewrap-live-${ID}-copy`,
    `kms-rewrap-live-${ID}`,
    'cdk-hnb659fds-assets-111122223333-us-east-1',
    'rewraplive',
  ])('%s is none', name => {
    expect(isNameOf(ID, name)).toBe(false);
  });

  it('are none of a run whose id is no id', () => {
    expect(isNameOf('', 'kms-rewrap-live--x')).toBe(false);
    expect(isNameOf('cdk', 'cdk-cdk-x')).toBe(false);
  });
});

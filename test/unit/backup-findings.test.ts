import { discoveryOf } from '../../lambda/core/discover/discovery.ts';
import {
  backupFindings,
  backupsNotChecked,
  type BackupsThere,
} from '../../lambda/core/retire/backup-findings.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import type { TableBackup } from '../../lambda/core/stores/dynamodb/table-backups.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { placeAt, proof } from '../support/proofs.ts';

const backup = (table: string, createdAt: string, keyArn?: string): TableBackup => ({
  ...{ table, name: 'nightly', arn: `arn:${table}:${createdAt}`, createdAt: `${createdAt}T00:00:00.000Z` },
  ...(keyArn !== undefined && { keyArn }),
});
const there = (...backups: readonly TableBackup[]): BackupsThere => ({
  ...{ account: '111122223333', region: 'us-east-1' },
  seen: { kind: 'seen', value: { backups, beyond: 0 } },
});
const known = (changes: Partial<KnownStore> = {}): KnownStore => ({
  ...{ place: placeAt('dynamodb:us-east-1:Orders'), job: 'orders', keyArn: OLD_KEY },
  evidence: { kind: 'proven', proofs: [proof({ at: '2026-11-20T00:00:00.000Z' })] },
  ...changes,
});
const found = (seen: BackupsThere, ...stores: readonly KnownStore[]) =>
  backupFindings(seen, { keyArn: OLD_KEY, stores }).map(({ weight, about, words }) => [weight, about, words]);

describe('on-demand backups of tables', () => {
  it('keep a key that they are under, whatever key their table has now, and whether or not a job names it', () => {
    const seen = there(
      backup('Archive', '2025-01-31', OLD_KEY),
      backup('Archive', '2026-02-28', OLD_KEY),
      backup('Archive', '2026-03-31', NEW_KEY),
      backup('Open', '2026-03-31'),
    );
    expect(found(seen)).toEqual([
      [
        'blocks',
        'dynamodb:us-east-1:Archive',
        expect.stringContaining('2 on-demand backups of it under this key, of 2025-01-31 to 2026-02-28'),
      ],
    ]);
  });

  it('have to be waited for where their items may have data keys under the key', () => {
    const before = backup('Orders', '2026-11-19', NEW_KEY);
    const after = backup('Orders', '2026-11-21', NEW_KEY);
    expect(found(there(before, after, backup('Other', '2026-11-19')), known())).toEqual([
      [
        'waits',
        'dynamodb:us-east-1:Orders',
        expect.stringContaining(
          '1 on-demand backup of it, of 2026-11-19, has its data keys as they were then',
        ),
      ],
    ]);
    expect(found(there(after), known())).toEqual([]);
    // Nothing is proven of the table, so each of its backups may have them.
    expect(found(there(after), known({ evidence: { kind: 'none' } }))).toHaveLength(1);
    // Another place in the table is not proven.
    expect(found(there(after), known(), known({ evidence: { kind: 'none' } }))).toHaveLength(1);
  });

  it('are not those of a table of that name in another account or Region, or of a bucket', () => {
    const seen = there(backup('Orders', '2026-11-19'));
    expect(found(seen, known({ account: '444455556666' }))).toEqual([]);
    expect(found(seen, known({ place: placeAt('dynamodb:eu-west-1:Orders') }))).toEqual([]);
    expect(found(seen, known({ place: placeAt('s3:us-east-1:Orders/') }))).toEqual([]);
  });

  it('are named as not looked at where they cannot be listed or described, with the reason', () => {
    const at = there();
    expect(backupsNotChecked({ ...at, seen: { kind: 'unseen', words: 'not authorized' } })[0]).toContain(
      'on-demand backups of tables of account 111122223333 in us-east-1: they could not be listed (not authorized)',
    );
    const some = { backups: [], beyond: 7, untold: { many: 3, words: 'not authorized' } };
    const words = backupsNotChecked({ ...at, seen: { kind: 'seen', value: some } }).join();
    expect(words).toContain('with which key 3 of the on-demand backups');
    expect(words).toContain('with which key 7 more of the on-demand backups');
    expect(backupsNotChecked(at).join()).toContain('recovery points of AWS Backup');
  });

  it('are a use of a key that rewrap discover names, by table', () => {
    const backups = [
      backup('Gone', '2026-01-01', OLD_KEY),
      backup('Gone', '2026-01-02', OLD_KEY),
      backup('Open', '2026-01-02'),
    ];
    const { keys } = discoveryOf([], [], { backups: { region: 'us-east-1', backups } });
    expect(keys).toEqual([
      expect.objectContaining({
        ...{ keyArn: OLD_KEY, standing: 'services' },
        serverSide: [{ type: 'dynamodb', name: 'Gone', region: 'us-east-1', of: 'backups', backups: 2 }],
      }),
    ]);
  });
});

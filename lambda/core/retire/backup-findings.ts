import { names } from '../model/key-use.ts';
import { storePlaceText, type StorePlace } from '../model/store-place.ts';
import type { TableBackup, TableBackups } from '../stores/dynamodb/table-backups.ts';
import type { Seen } from '../stores/lookup.ts';
import { kindOf } from '../stores/registry.ts';
import { blocks, waits, type RetireFinding } from './findings.ts';
import { proofsIn, type KnownStore } from './store-findings.ts';

/** On-demand backups of the tables of an account in a Region. */
export interface BackupsThere {
  readonly account: string;
  readonly region: string;
  readonly seen: Seen<TableBackups>;
}

interface About {
  readonly keyArn: string;
  readonly stores: readonly KnownStore[];
}

/**
 * What backups need the key for. DynamoDB keeps each under the key that its table had when it was made, whatever key the table has
 * now. And its items have the data keys that they had then.
 */
export function backupFindings(
  { region, seen }: BackupsThere,
  { keyArn, stores }: About,
): readonly RetireFinding[] {
  if (seen.kind === 'unseen') return [];
  const { backups } = seen.value;
  const under = backups.filter(
    backup => backup.keyArn !== undefined && names({ keyArn, alsoKnownAs: [] }, backup.keyArn),
  );
  return [
    ...byTable(under).map(([table, of]) =>
      blocks(
        storePlaceText({ type: 'dynamodb', region, name: table }),
        `DynamoDB keeps ${counted(of)} of it under this key, ${span(of)}: without it none can be restored; delete them, or keep the key for as long as you keep them`,
      ),
    ),
    ...places(stores, region).flatMap(({ place, before }) => {
      const old = backups.filter(({ table, createdAt }) => table === place.name && createdAt < before);
      return old.length === 0
        ? []
        : [
            waits(
              storePlaceText(place),
              `${counted(old)} of it, ${span(old)}, ${old.length === 1 ? 'has' : 'have'} its data keys as they were then: a table restored from one would need this key`,
            ),
          ];
    }),
  ];
}

/** Tables of this account that hold data keys of the key, or have held them until a run has proven that they do not. */
function places(
  stores: readonly KnownStore[],
  region: string,
): readonly { readonly place: StorePlace; readonly before: string }[] {
  const tables = stores.filter(
    ({ place, account }) =>
      kindOf(place).records === 'item' && account === undefined && (place.region ?? region) === region,
  );
  const before = new Map<string, { readonly place: StorePlace; readonly before: string }>();
  for (const { place, evidence } of tables) {
    const ends = proofsIn(evidence).map(({ at }) => at);
    // Without a proof, any backup may have them.
    const last = evidence.kind === 'proven' ? [...ends].sort().at(-1) : undefined;
    const known = before.get(place.name)?.before ?? '';
    const until = last ?? LATEST;
    before.set(place.name, { place, before: until > known ? until : known });
  }
  return [...before.values()];
}

/** After every date. */
const LATEST = '9999';

function byTable(backups: readonly TableBackup[]): readonly (readonly [string, readonly TableBackup[]])[] {
  const tables = [...new Set(backups.map(({ table }) => table))];
  return tables.map(table => [table, backups.filter(one => one.table === table)] as const);
}

function counted({ length }: readonly TableBackup[]): string {
  return `${length.toLocaleString('en-US')} on-demand backup${length === 1 ? '' : 's'}`;
}

function span(backups: readonly TableBackup[]): string {
  const days = backups.map(({ createdAt }) => createdAt.slice(0, 10)).sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return first === last ? `of ${first}` : `of ${first} to ${last}`;
}

/** What nobody has seen of them, and what other services and files keep. */
export function backupsNotChecked({ account, region, seen }: BackupsThere): readonly string[] {
  const where = `on-demand backups of tables of account ${account} in ${region}`;
  return [...untoldWords(where, seen), OTHER_COPIES];
}

const OTHER_COPIES =
  'recovery points of AWS Backup, which are under the key of their vault or of their table, and exports to S3: `aws backup list-recovery-points-by-resource` and `aws dynamodb list-exports` list them; and point-in-time recovery of tables that were under this key in the last 35 days';

export function untoldWords(where: string, seen: Seen<TableBackups>): readonly string[] {
  if (seen.kind === 'unseen') return [`${where}: they could not be listed (${seen.words})`];
  const { beyond, untold } = seen.value;
  return [
    ...(untold === undefined
      ? []
      : [
          `with which key ${untold.many.toLocaleString('en-US')} of the ${where} are encrypted (${untold.words})`,
        ]),
    ...(beyond === 0
      ? []
      : [
          `with which key ${beyond.toLocaleString('en-US')} more of the ${where} are encrypted: they were not asked about`,
        ]),
  ];
}

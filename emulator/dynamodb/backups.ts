import { randomBytes } from 'node:crypto';
import { AwsError, validationError } from '../protocol/aws-error.ts';
import { inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest } from '../protocol/request.ts';
import type { DescribedTables } from './described-tables.ts';

type Input = Readonly<Record<string, unknown>>;
type At = Pick<AwsRequest, 'region' | 'caller'>;

interface Backup {
  readonly place: string;
  /** Of the table that it was made of. */
  readonly table: Input;
  readonly details: BackupDetails;
}

interface BackupDetails {
  readonly BackupArn: string;
  readonly BackupName: string;
  /** Seconds since 1970. */
  readonly BackupCreationDateTime: number;
  readonly BackupSizeBytes: number;
  readonly BackupStatus: 'CREATING' | 'AVAILABLE' | 'DELETED';
  readonly BackupType: 'USER';
}

const OPERATIONS = ['CreateBackup', 'DescribeBackup', 'ListBackups', 'DeleteBackup'] as const;
export type BackupOperation = (typeof OPERATIONS)[number];

export function isBackupOperation(operation: string): operation is BackupOperation {
  return (OPERATIONS as readonly string[]).includes(operation);
}

const MOST_OF_A_PAGE = 100;

/** On-demand backups of tables. Each keeps what its table was when it was made, its key among that, and no items. */
export class TableBackups {
  readonly #backups = new Map<string, Backup>();
  readonly #options: { readonly now: () => number; readonly described: DescribedTables };

  /** `now`: milliseconds since 1970. */
  constructor(options: { readonly now: () => number; readonly described: DescribedTables }) {
    this.#options = options;
  }

  async answer(operation: BackupOperation, at: AwsRequest): Promise<object> {
    const input = inputOf(at);
    switch (operation) {
      case 'CreateBackup':
        return this.#create(input, at);
      case 'DescribeBackup':
        return { BackupDescription: descriptionOf(this.#find(input, at)) };
      case 'ListBackups':
        return this.#list(input, at);
      case 'DeleteBackup': {
        const backup = this.#find(input, at);
        this.#backups.delete(backup.details.BackupArn);
        return {
          BackupDescription: descriptionOf({
            ...backup,
            details: { ...backup.details, BackupStatus: 'DELETED' },
          }),
        };
      }
    }
  }

  async #create({ TableName, BackupName }: Input, at: AwsRequest): Promise<object> {
    const name = String(BackupName);
    if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name))
      throw validationError(
        `1 validation error detected: Value '${name}' at 'backupName' failed to satisfy constraint`,
      );
    const table = await this.#options.described(String(TableName), at);
    if (table === undefined)
      throw new AwsError('TableNotFoundException', `Table not found: ${String(TableName)}`);
    const now = this.#options.now();
    const details: BackupDetails = {
      BackupArn: `${String(table['TableArn'])}/backup/${String(now).padStart(14, '0')}-${randomBytes(4).toString('hex')}`,
      BackupName: name,
      BackupCreationDateTime: now / 1000,
      BackupSizeBytes: Number(table['TableSizeBytes'] ?? 0),
      BackupStatus: 'AVAILABLE',
      BackupType: 'USER',
    };
    this.#backups.set(details.BackupArn, { place: placeOf(at), table, details });
    return { BackupDetails: { ...details, BackupStatus: 'CREATING' } };
  }

  #find({ BackupArn }: Input, at: At): Backup {
    const backup = this.#backups.get(String(BackupArn));
    if (backup === undefined || backup.place !== placeOf(at))
      throw new AwsError('BackupNotFoundException', `Backup not found: ${String(BackupArn)}`);
    return backup;
  }

  #list(input: Input, at: At): object {
    const { TableName, BackupType = 'USER', Limit = MOST_OF_A_PAGE, ExclusiveStartBackupArn } = input;
    const { TimeRangeLowerBound = 0, TimeRangeUpperBound = Number.POSITIVE_INFINITY } = input;
    const most = Number(Limit);
    if (!(most >= 1 && most <= MOST_OF_A_PAGE))
      throw validationError(`Limit must be between 1 and ${MOST_OF_A_PAGE}`);
    const all = [...this.#backups.values()].filter(
      ({ place, table, details: { BackupCreationDateTime: made } }) =>
        place === placeOf(at) &&
        (BackupType === 'USER' || BackupType === 'ALL') &&
        (TableName === undefined || [table['TableName'], table['TableArn']].includes(TableName)) &&
        made >= Number(TimeRangeLowerBound) &&
        made < Number(TimeRangeUpperBound),
    );
    const first = all.findIndex(({ details }) => details.BackupArn === ExclusiveStartBackupArn) + 1;
    const page = all.slice(first, first + most);
    const last = page.at(-1)?.details.BackupArn;
    return {
      BackupSummaries: page.map(summaryOf),
      ...(first + most < all.length && { LastEvaluatedBackupArn: last }),
    };
  }
}

function summaryOf({ table, details }: Backup): object {
  return { ...named(table), ...details };
}

function named({ TableName, TableArn, TableId }: Input): object {
  return { TableName, TableArn, ...(TableId !== undefined && { TableId }) };
}

function descriptionOf({ table, details }: Backup): object {
  const { KeySchema, CreationDateTime, ProvisionedThroughput, BillingModeSummary, ItemCount } = table;
  const { BillingMode } = (BillingModeSummary ?? {}) as { readonly BillingMode?: string };
  return {
    BackupDetails: details,
    SourceTableDetails: {
      ...named(table),
      ...{ KeySchema, TableCreationDateTime: CreationDateTime, ProvisionedThroughput, ItemCount },
      TableSizeBytes: table['TableSizeBytes'],
      BillingMode: BillingMode ?? 'PROVISIONED',
    },
    SourceTableFeatureDetails: features(table),
  };
}

function features({ SSEDescription, StreamSpecification: StreamDescription }: Input): object {
  return {
    ...(SSEDescription !== undefined && { SSEDescription }),
    ...(StreamDescription !== undefined && { StreamDescription }),
  };
}

function placeOf({ region, caller }: At): string {
  return `${caller.accountId}/${region}`;
}

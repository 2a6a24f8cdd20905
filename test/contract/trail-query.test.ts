import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsersOfAllKeys } from '../../lambda/core/key-users/gather-all-users.ts';
import { readRecord } from '../../lambda/core/key-users/read-record.ts';
import { NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { keyResource, record, ROLE, SESSION } from '../support/trail-records.ts';

/** Of the table that AWS describes for CloudTrail: the columns that the query names. */
const COLUMNS: Readonly<Record<string, string>> = {
  useridentity:
    'STRUCT(arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, sessioncontext STRUCT(sessionissuer STRUCT(arn VARCHAR)))',
  ...{ eventtime: 'VARCHAR', eventsource: 'VARCHAR', eventname: 'VARCHAR', errorcode: 'VARCHAR' },
  requestparameters: 'VARCHAR',
  resources: 'STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]',
  timestamp: 'VARCHAR',
};
/** Trino makes a column of each field of a row that it unnests. In DuckDB a function of its own does that. */
const UNNESTED = 'CROSS JOIN UNNEST(resources) AS resource (arn, accountid, type)';

const through = { userIdentity: { ...SESSION, invokedBy: 's3.amazonaws.com' } };
const ofService = { userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } };
const RECORDS = [
  record('Decrypt', { eventTime: '2026-11-20T10:00:00Z' }),
  record('Decrypt', { eventTime: '2026-11-21T10:00:00Z' }),
  record('GenerateDataKey', {
    resources: [keyResource(NEW_KEY)],
    requestParameters: { encryptionContext: { b: '1', a: '2' } },
  }),
  record('ReEncrypt', {
    requestParameters: { sourceEncryptionContext: { tenant: 'acme' } },
    resources: [keyResource(OLD_KEY), keyResource(NEW_KEY)],
  }),
  record('Decrypt', { requestParameters: { encryptionContext: 'HIDDEN' } }),
  ...[record('GenerateDataKey', through), record('Decrypt', ofService), record('DescribeKey')],
  record('Decrypt', { errorCode: 'AccessDenied' }),
  { ...record('GetObject'), eventSource: 's3.amazonaws.com' },
];

interface Row {
  readonly key: string;
  readonly principal: string;
  readonly via: string | null;
  readonly action: string;
  readonly errorcode: string | null;
  readonly context_names: readonly string[] | null;
  readonly calls: string;
  readonly first_at: string;
  readonly last_at: string;
}

describe('the query for a large trail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-trail-query-'));
  let connection: DuckDBConnection;
  let rows: readonly Row[];

  beforeAll(async () => {
    const page = readFileSync(join(__dirname, '../../docs/trail.md'), 'utf8');
    const query = /```sql\n([\s\S]+?)```/.exec(page)![1]!;
    expect(query).toContain(UNNESTED);
    const file = join(folder, 'records.json');
    const day = { timestamp: '2026/11/20' };
    const lines = RECORDS.map(one => JSON.stringify({ ...(inColumns(one) as object), ...day }));
    writeFileSync(file, lines.join('\n'));
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    const types = Object.entries(COLUMNS).map(([name, type]) => `'${name}': '${type}'`);
    await connection.run(
      `CREATE VIEW cloudtrail_logs_pp AS SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {${types.join(', ')}})`,
    );
    const own = query.replace(UNNESTED, 'CROSS JOIN (SELECT UNNEST(resources, max_depth := 2))');
    rows = (await connection.runAndReadAll(own)).getRowObjectsJson() as unknown as readonly Row[];
  });
  afterAll(() => {
    connection.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As the SerDe of CloudTrail has them: names in lower case, and the parameters of a request as text. */
  function inColumns(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(inColumns);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name.toLowerCase(),
        name === 'requestParameters' ? JSON.stringify(one) : inColumns(one),
      ]),
    );
  }

  /** What the commands gather: who has done what with which key, how often, when first and when last. */
  function gathered(): readonly string[] {
    const users = new UsersOfAllKeys('aws');
    for (const one of RECORDS) {
      const read = readRecord(one);
      if (read.kind === 'use') users.add(read.event);
    }
    return users
      .gathered()
      .flatMap(({ key, users: of }) =>
        of.flatMap(({ principal, via, uses }) =>
          uses.map(({ action, calls, firstAt, lastAt }) =>
            [
              key,
              principal,
              via,
              action.replace(/^(ReEncrypt)(From|To)$/, '$1'),
              calls,
              firstAt,
              lastAt,
            ].join(' '),
          ),
        ),
      )
      .sort();
  }

  it('names the users that the commands gather from the same records, as often and as late', () => {
    const told = new Map<string, { calls: number; first: string; last: string }>();
    for (const { key, principal, via, action, errorcode, calls, first_at, last_at } of rows) {
      if (errorcode !== null) continue;
      // The commands tell a service that calls by itself once.
      const name = [key, principal, principal === via ? undefined : (via ?? undefined), action].join(' ');
      const known = told.get(name) ?? { calls: 0, first: first_at, last: last_at };
      told.set(name, {
        calls: known.calls + Number(calls),
        first: first_at < known.first ? first_at : known.first,
        last: last_at > known.last ? last_at : known.last,
      });
    }
    const iso = (time: string): string => new Date(time).toISOString();
    expect(
      [...told]
        .map(([name, { calls, first, last }]) => [name, calls, iso(first), iso(last)].join(' '))
        .sort(),
    ).toEqual(gathered());
  });

  it('tells names of contexts and no values, refused calls by their error, and nothing that uses no key', () => {
    expect(
      rows.find(({ key, action }) => key === NEW_KEY && action === 'GenerateDataKey')?.context_names,
    ).toEqual(['a', 'b']);
    expect(JSON.stringify(rows)).not.toContain('acme');
    expect(rows.filter(({ errorcode }) => errorcode === 'AccessDenied')).toMatchObject([{ principal: ROLE }]);
    expect(rows.map(({ action }) => action)).not.toContain('DescribeKey');
  });
});

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A table as Glue has it: columns and their Hive types. */
export interface GlueTable {
  readonly name: string;
  readonly columns: readonly { readonly Name: string; readonly Type: string }[];
}

/** An object of the journal. */
export interface JournalObject {
  readonly key: string;
  readonly body: Uint8Array;
}

/**
 * The journal's files as tables of DuckDB, by the columns that Glue has. DuckDB is near enough to Athena to run its queries, and
 * no more: it knows no SerDe, so names are written in lower case here, which the OpenX JSON SerDe does by itself; and partitions are
 * those of the folders, not projected ones.
 */
export async function journalIn(
  tables: readonly GlueTable[],
  objects: readonly JournalObject[],
): Promise<DuckDBConnection> {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  for (const { key, body } of objects) {
    const file = join(folder, key.replace(/\.gz$/, ''));
    mkdirSync(dirname(file), { recursive: true });
    const lines = gunzipSync(body).toString('utf8').trimEnd().split('\n');
    writeFileSync(file, lines.map(line => JSON.stringify(inLowerCase(JSON.parse(line)))).join('\n'));
  }
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const { name, columns } of tables) {
    const types = columns.map(({ Name, Type }) => `'${Name}': '${duckDbType(Type)}'`).join(', ');
    await connection.run(
      `CREATE VIEW ${name} AS SELECT * FROM read_json('${folder}/${name}/**/*.jsonl', format = 'newline_delimited', hive_partitioning = true, columns = {${types}})`,
    );
  }
  return connection;
}

/** Names of members, not values. */
function inLowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name.toLowerCase(), inLowerCase(one)]),
  );
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  boolean: 'BOOLEAN',
};

/** `array<struct<a:int>>` → `STRUCT("a" INTEGER)[]` */
function duckDbType(hive: string): string {
  const [, kind, inner = ''] = /^(array|struct)<(.*)>$/.exec(hive) ?? [];
  if (kind === 'array') return `${duckDbType(inner)}[]`;
  if (kind === 'struct')
    return `STRUCT(${fieldsOf(hive)
      .map(({ name, type }) => `"${name}" ${duckDbType(type)}`)
      .join(', ')})`;
  const primitive = PRIMITIVES[hive];
  if (primitive === undefined) throw new Error(`no type of DuckDB for ${hive}`);
  return primitive;
}

/** The fields of a struct, in their order. */
export function fieldsOf(struct: string): readonly { readonly name: string; readonly type: string }[] {
  const inner = /^struct<(.*)>$/.exec(struct)?.[1] ?? '';
  const fields: string[] = [];
  let depth = 0;
  let from = 0;
  for (const [at, character] of Array.from(inner).entries()) {
    if (character === '<') depth++;
    if (character === '>') depth--;
    if (character === ',' && depth === 0) {
      fields.push(inner.slice(from, at));
      from = at + 1;
    }
  }
  return [...fields, inner.slice(from)].map(field => {
    const colon = field.indexOf(':');
    return { name: field.slice(0, colon), type: field.slice(colon + 1) };
  });
}

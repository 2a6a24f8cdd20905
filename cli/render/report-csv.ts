import { stringify } from 'csv-stringify/sync';
import { visible } from '../../lambda/core/model/visible.ts';
import type { WrappingKey } from '../../lambda/core/report/report.ts';
import type { Unproven } from '../../lambda/core/report/unproven-data-keys.ts';

const COLUMNS = ['store', 'locator', 'slot', 'outcome', 'reason', 'pass'] as const;

/** Which key wraps how many data keys of which store. */
export function wrappingKeysCsv(keys: readonly WrappingKey[]): string {
  const rows = keys.flatMap(({ keyArn, keySpec, encryptionAlgorithm, stores }) =>
    stores.map(({ store, before, after }) =>
      row([
        visible(store),
        visible(keyArn),
        keySpec ?? '',
        encryptionAlgorithm,
        String(before),
        String(after),
      ]),
    ),
  );
  return [row(['store', 'keyArn', 'keySpec', 'encryptionAlgorithm', 'before', 'after']), ...rows].join('');
}

export function failuresHead(): string {
  return row(COLUMNS);
}

/** A record of RFC 4180. Names are those of somebody else: none reaches a terminal as a command, or a spreadsheet as a formula. */
export function failuresRow(failure: Unproven): string {
  return row(COLUMNS.map(column => visible(failure[column])));
}

/** What begins with =, +, -, @, a tab or a return gets an apostrophe before it. */
function row(cells: readonly string[]): string {
  return stringify([[...cells]], { escape_formulas: true, record_delimiter: 'windows' });
}

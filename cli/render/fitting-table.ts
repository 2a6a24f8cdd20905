import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import colors from 'picocolors';

/** cli-table3 adds colors even if the output is not a terminal. Let picocolors decide. */
const STYLE = { head: [], border: colors.isColorSupported ? ['gray'] : [], compact: true };

export function newTable(head: readonly string[]): Table.Table {
  return new Table({ head: [...head], style: STYLE });
}

/** As a table; and if a terminal is too narrow for that, as lines for each row, which it can wrap. */
export function fitting(table: Table.Table, columns = columnsHere()): string {
  const text = table.toString();
  const widest = Math.max(...text.split('\n').map(line => stripVTControlCharacters(line).length));
  if (widest <= columns) return text;
  const head = (table as Table.Table & { readonly options: { readonly head: readonly string[] } }).options
    .head;
  return (table as readonly unknown[] as readonly (readonly string[])[])
    .map(([first = '', ...rest]) =>
      [colors.bold(first), ...rest.map((cell, index) => `  ${head[index + 1] ?? ''}: ${cell}`)].join('\n'),
    )
    .join('\n');
}

/** Asked, and not written to. A file has none. */
function columnsHere(): number {
  // eslint-disable-next-line no-restricted-properties -- its width alone
  const { columns } = process.stdout as { readonly columns?: number };
  return columns ?? Infinity;
}

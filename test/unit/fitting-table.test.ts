import { fitting, newTable } from '../../cli/render/fitting-table.ts';

function shown(columns: number): string {
  const table = newTable(['store', 'records', 'proven']);
  table.push(['dynamodb:Orders', '2,000', '1,980']);
  return fitting(table, columns);
}

describe('a table', () => {
  it('is one where it fits', () => expect(shown(80)).toMatch(/│ dynamodb:Orders │ 2,000/));

  it('is lines that a terminal can wrap where it does not, each with the name of its column', () =>
    expect(shown(30)).toBe('dynamodb:Orders\n  records: 2,000\n  proven: 1,980'));
});

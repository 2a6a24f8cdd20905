/** What a screen shows of a row without wrapping it; a wider table reads better as a list. */
const SCREEN = 100;

/** The tables of a page that have a row wider than a screen, each named by its first line. */
export function wideTables(page, text) {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => /^\s*\| /.test(line) && line.length > SCREEN)
    .map(
      ({ line, number }) => `${page}:${number} is a row of ${line.length} characters: make the table a list`,
    );
}

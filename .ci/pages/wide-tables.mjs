/** How many characters of a row a screen shows without wrapping. A wider table is easier to read as a list. */
const SCREEN = 100;

/** Finds the rows in a page's tables that are wider than a screen. */
export function wideTables(page, text) {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => /^\s*\| /.test(line) && line.length > SCREEN)
    .map(
      ({ line, number }) => `${page}:${number} is a row of ${line.length} characters: make the table a list`,
    );
}

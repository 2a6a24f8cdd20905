/** A command of this command line, as a shell reads it. */
export function rewrapCommand(words: readonly string[]): string {
  return commandLine(['npx', 'rewrap', ...words]);
}

export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** As one word of a POSIX shell, whatever it holds. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

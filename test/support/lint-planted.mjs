// Lints planted lines with the project's own configuration. Jest cannot load an ES module configuration itself,
// so this runs as a process. It reads [[file, line], …] from standard input, and writes a list of messages for each to
// standard output.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ruleId.startsWith('no-restricted-'),
  // These rules need no type information. Without it, linting a file takes milliseconds.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});
const planted = JSON.parse(await text(process.stdin));
const found = [];
for (const [filePath, line] of planted) {
  const [result] = await eslint.lintText(`${line}\n`, { filePath });
  found.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(found));

// Lints planted lines with the project's own configuration. Jest cannot load an ES module configuration itself,
// so this runs as a process: [[file, line], …] on standard input, a list of messages for each on standard output.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ruleId.startsWith('no-restricted-'),
  // Without types, which these rules do not need, a file is linted in milliseconds.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});
const planted = JSON.parse(await text(process.stdin));
const found = [];
for (const [filePath, line] of planted) {
  const [result] = await eslint.lintText(`${line}\n`, { filePath });
  found.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(found));

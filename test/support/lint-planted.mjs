// Lints planted imports with the project's own configuration. Jest cannot load an ES module configuration itself,
// so this runs as a process: [[file, import], …] on standard input, a list of messages for each on standard output.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
  // Without types, which this rule does not need, a file is linted in milliseconds.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
});
const planted = JSON.parse(await text(process.stdin));
const found = [];
for (const [filePath, source] of planted) {
  const [result] = await eslint.lintText(`import ${JSON.stringify(source)};\n`, { filePath });
  found.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(found));

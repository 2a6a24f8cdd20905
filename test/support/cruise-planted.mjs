// Plants imports in an empty folder and checks them against the rules of .dependency-cruiser.mjs. Reads
// [[file, source, line], …] from standard input, and writes the messages of the rules that each import breaks to standard
// output. Without a line, the source is imported for its side effects only.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cruise } from 'dependency-cruiser';
import config from '../../.dependency-cruiser.mjs';

const planted = JSON.parse(await text(process.stdin));
const house = mkdtempSync(join(tmpdir(), 'planted-'));
const put = (file, content) => {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), content, { flag: 'a' });
};
try {
  for (const [file, source, line = `import '${source}';`] of planted) {
    put(file, `${line}\n`);
    if (source.startsWith('.')) put(join(dirname(file), source), '');
  }
  const options = {
    ...config.options,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    baseDir: house,
  };
  const { output } = await cruise(['.'], options);
  const words = ({ name }) => config.forbidden.find(rule => rule.name === name).comment;
  const found = planted.map(([file, source]) => {
    const { dependencies } = output.modules.find(module => module.source === file);
    const asSeen = source.replace(/^node:/, '');
    return (dependencies.find(({ module }) => module === asSeen)?.rules ?? []).map(words);
  });
  process.stdout.write(JSON.stringify(found));
} finally {
  rmSync(house, { recursive: true });
}

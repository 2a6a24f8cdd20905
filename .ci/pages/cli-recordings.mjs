import { readdirSync, readFileSync } from 'node:fs';

const GUIDES = new URL('../../docs/guides/', import.meta.url);
const COMMAND = /^npx rewrap (jobs validate|\S+)/;
const RECORDED = /```sh\n([^]*?)```\n+```text\n([^]*?)```/g;

/**
 * The first output of each command that a guide shows, as Markdown. test/stories/guides.test.ts runs these commands and compares their
 * outputs, so what is recorded here is what they print.
 */
export function recordings() {
  const shown = new Map();
  for (const guide of readdirSync(GUIDES)
    .filter(file => file.endsWith('.md'))
    .sort())
    for (const [, commands, output] of readFileSync(new URL(guide, GUIDES), 'utf8').matchAll(RECORDED)) {
      const command = commands.trim().split('\n').at(-1);
      const [, name] = COMMAND.exec(command) ?? [];
      if (name === undefined || shown.has(name)) continue;
      shown.set(
        name,
        [
          `Recorded in [guides/${guide}](guides/${guide}):`,
          fence('console', command),
          fence('text', output.trimEnd()),
        ].join('\n\n'),
      );
    }
  return shown;
}

function fence(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

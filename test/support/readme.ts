import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The lines of the first block of a section. */
export function readmeBlock(section: string): string {
  return blockOf('README.md', section);
}

export function blockOf(page: string, section: string): string {
  const words = readFileSync(join(ROOT, page), 'utf8');
  const [, text] = new RegExp(`(?:^|\n)#+ ${section}\n[^]*?\`\`\`[a-z]*\n([^]*?)\`\`\``).exec(words) ?? [];
  if (text === undefined) throw new Error(`${page} has no block in '${section}'`);
  return text;
}

/** The commands of a block, without their comments. */
export function commandsIn(block: string): readonly string[] {
  return block
    .split('\n')
    .map(line => line.replace(/\s+#.*$/, ''))
    .filter(line => line !== '');
}

/** The commands that deploy. */
export const DEPLOY_LINES = commandsIn(readmeBlock('Deploy'));

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The lines of the first block of a section. */
export function readmeBlock(section: string): string {
  const [, text] = new RegExp(`\n## ${section}\n[^]*?\`\`\`[a-z]*\n([^]*?)\`\`\``).exec(README) ?? [];
  if (text === undefined) throw new Error(`README.md has no block in '${section}'`);
  return text;
}

/** The commands that deploy, without their comments. */
export const DEPLOY_LINES: readonly string[] = readmeBlock('Deploy')
  .split('\n')
  .map(line => line.replace(/\s+#.*$/, ''))
  .filter(line => line !== '');

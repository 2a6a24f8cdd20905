import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './readme.ts';

/** One command of a guide, and what the guide says of it (docs/decisions/0082-guides-are-executed.md). */
export interface GuideStep {
  /** As the guide prints it, without the comment that names its exit code. */
  readonly command: string;
  readonly exitCode: number;
  /** The lines that it prints, where the guide shows them. */
  readonly output?: readonly string[];
  /** The line of the guide on which the command stands. */
  readonly line: number;
  /** What the guide lets pass before the command. */
  readonly hoursLater: number;
}

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
  readonly line: number;
}

const FENCE = /^ *```(\S*)(?: .*)?$/;
const EXIT_CODE = /\s+# exit code (\d)$/;
const LATER = /^# (\d+) hours later$/;

export function guideSteps(page: string): readonly GuideStep[] {
  return stepsIn(readFileSync(join(ROOT, page), 'utf8'));
}

/** @throws Error for a `text` block that follows no `sh` block, or a block that does not end */
export function stepsIn(page: string): readonly GuideStep[] {
  const steps: GuideStep[] = [];
  let shown = true;
  for (const { language, lines, line } of blocksOf(page)) {
    if (language === 'sh') {
      steps.push(...stepsOf(lines, line));
      shown = false;
    } else if (language === 'text') {
      const last = steps.at(-1);
      if (last === undefined || shown) throw new Error(`line ${line}: this output follows no command`);
      steps[steps.length - 1] = { ...last, output: lines };
      shown = true;
    } else shown = true;
  }
  return steps;
}

function stepsOf(lines: readonly string[], line: number): readonly GuideStep[] {
  return lines.flatMap((text, index) => {
    if (text.startsWith('#')) return [];
    const [, code = '0'] = EXIT_CODE.exec(text) ?? [];
    const [, hours = '0'] = LATER.exec(lines[index - 1] ?? '') ?? [];
    const command = text.replace(EXIT_CODE, '');
    return [{ command, exitCode: Number(code), line: line + index + 1, hoursLater: Number(hours) }];
  });
}

function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const fence = FENCE.exec(text);
    if (fence === null) open?.lines.push(text);
    else if (open === undefined) open = { language: fence[1] ?? '', lines: [], line: index + 1 };
    else {
      blocks.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`line ${open.line}: this block does not end`);
  return blocks;
}

import colors from 'picocolors';
import type { RetireFinding } from '../../lambda/core/retire/findings.ts';
import type { RetireAdvice } from '../../lambda/core/retire/retire-check.ts';

const VERDICTS: Readonly<Record<RetireAdvice['verdict'], string>> = {
  keep: colors.red('Keep this key: data would be lost without it'),
  wait: colors.yellow('Not yet: nothing is known to need this key, but something is not settled'),
  disable: colors.green('This key may be disabled'),
};

const MARKS: Readonly<Record<RetireFinding['weight'], string>> = {
  blocks: colors.red('✗'),
  waits: colors.yellow('!'),
  note: colors.dim('·'),
};

/** The advice of retire-check as text: the verdict, the reasons, and what to do in which order. */
export function adviceText({ keyArn, verdict, findings, steps, notChecked }: RetireAdvice): string {
  return [
    keyArn,
    colors.bold(VERDICTS[verdict]),
    '',
    ...findings.map(({ weight, about, words }) => `${MARKS[weight]} ${colors.bold(about)}: ${words}`),
    '',
    verdict === 'disable' ? 'What to do, in this order:' : 'Once nothing of that is left, in this order:',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
    'Not looked at:',
    ...notChecked.map(words => `${colors.dim('·')} ${words}`),
  ].join('\n');
}

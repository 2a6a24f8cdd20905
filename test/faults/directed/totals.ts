import { boundText } from '../../soundness/totals.ts';
import type { Done } from '../totals.ts';
import { WITHOUT_EFFECT } from './condition-bugs.ts';
import { conditionText } from './director.ts';
import { errorBugText, type ErrorBug } from './error-bugs.ts';
import { CALLS } from './situations.ts';
import { STORIES } from './stories.ts';

type Of<Kind extends Done['kind']> = Extract<Done, { kind: Kind }>;

/** What the directed part of the suite prints, and whether it passed. */
export function directedText(
  done: readonly Done[],
  seconds: number,
): { readonly text: string; readonly passed: boolean } {
  const of = <Kind extends Done['kind']>(kind: Kind): readonly Of<Kind>[] =>
    done.filter((one): one is Of<Kind> => one.kind === kind);
  const parts = [storiesText(of('story')), conditionsText(of('condition')), answersText(of('answer'))];
  const lines = parts.flatMap(part => part.lines);
  if (lines.length > 0) lines.push(`directed part             ${seconds.toFixed(0)} s`);
  return { text: lines.join('\n'), passed: parts.every(({ passed }) => passed) };
}

interface Part {
  readonly lines: readonly string[];
  readonly passed: boolean;
}

const NOTHING: Part = { lines: [], passed: true };

/** Without a bug, the same tellings show nothing, so what they catch is the bug. */
function storiesText(stories: readonly Of<'story'>[]): Part {
  if (stories.length === 0) return NOTHING;
  const told = stories.flatMap(one => one.told);
  const wrong = told.filter(({ violations }) => violations.length > 0);
  return {
    lines: [
      `stories                   ${stories.length}, told ${told.length} times; with violations ${boundText(wrong.length, told.length)}`,
      ...wrong.map(
        ({ telling: { story, disturbance }, violations }) =>
          `  VIOLATION ${STORIES[story]?.name}${disturbance === undefined ? '' : `, at moment ${disturbance.nth}: ${disturbance.act}`}: ${violations[0]?.words}`,
      ),
    ],
    passed: wrong.length === 0,
  };
}

function conditionsText(bugs: readonly Of<'condition'>[]): Part {
  if (bugs.length === 0) return NOTHING;
  const named = bugs.map(({ bug, caught }) => ({ name: conditionText(bug.condition), caught }));
  const missed = named.filter(
    ({ name, caught }) => caught === undefined && WITHOUT_EFFECT[name] === undefined,
  );
  const idle = named.filter(({ name, caught }) => caught === undefined && WITHOUT_EFFECT[name] !== undefined);
  const stale = Object.keys(WITHOUT_EFFECT).filter(name => !idle.some(one => one.name === name));
  const real = named.length - idle.length;
  return {
    lines: [
      'planted: requests without one of their conditions',
      ...named.map(({ name, caught }) =>
        caught === undefined
          ? `  ${WITHOUT_EFFECT[name] === undefined ? 'MISSED  ' : 'no effect'} ${name}`
          : `  caught    ${name}: invariant ${caught.invariant}`,
      ),
      ...[...new Set(idle.map(({ name }) => WITHOUT_EFFECT[name]))].map(why => `  no effect, because ${why}`),
      ...stale.map(name => `  listed as without effect, and caught or not seen: ${name}`),
      `conditions caught         ${real - missed.length} of ${real}; missed ${boundText(missed.length, real)}; ${idle.length} without effect by design`,
    ],
    passed: missed.length === 0 && stale.length === 0,
  };
}

function answersText(answers: readonly Of<'answer'>[]): Part {
  if (answers.length === 0) return NOTHING;
  const isPlanted = ({ bug }: { readonly bug: ErrorBug }): boolean => bug.takenFor !== undefined;
  const planted = answers.filter(isPlanted);
  const sound = answers.filter(one => !isPlanted(one));
  const missed = planted.filter(({ violations }) => violations.length === 0);
  const wrong = sound.filter(({ violations }) => violations.length > 0);
  const perCall = CALLS.map(({ name }, call) => {
    const here = planted.filter(({ bug }) => bug.call === call);
    const caught = here.filter(({ violations }) => violations.length > 0);
    return `  ${String(caught.length).padStart(4)} of ${String(here.length).padStart(3)}  ${name}`;
  });
  return {
    lines: [
      `answers of AWS            ${sound.length}; not taken for what they mean ${boundText(wrong.length, sound.length)}`,
      ...wrong.map(({ bug, violations }) => `  VIOLATION ${errorBugText(bug)}: ${violations[0]?.words}`),
      'planted: answers taken for other ones, caught',
      ...perCall,
      ...missed.map(({ bug }) => `  MISSED    ${errorBugText(bug)}`),
      `mistaken answers caught   ${planted.length - missed.length} of ${planted.length}; missed ${boundText(missed.length, planted.length)}`,
    ],
    passed: missed.length === 0 && wrong.length === 0,
  };
}

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countsOnly } from '../../lambda/core/job/counted-stores.ts';
import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { visibleJson } from '../../lambda/core/model/visible.ts';
import {
  completedJob,
  contextProblem,
  missingIn,
  type JobAnswers,
} from '../../lambda/core/recognise/completed-job.ts';
import type { JobDraft } from '../../lambda/core/recognise/job-draft.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { CommandContext } from '../context/command-context.ts';
import type { Console } from '../context/console.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import { writeOutput } from '../context/output-file.ts';
import { besideHere } from '../deployment/room.ts';
import { afterInit } from '../next-steps/after-plan.ts';
import { answersOfPerson, storeOfPerson } from './init-questions.ts';
import { inspectionOf } from './inspect.ts';
import { targetOf, type RoleOptions, type Target } from './inspected-store.ts';

export interface InitOptions extends JobAnswers, RoleOptions {
  readonly jobs: string;
  readonly sample: number;
}

/**
 * `rewrap init [STORE]`: looks at a store as `inspect` does, asks a person for what data cannot tell, and writes a valid job into
 * the folder of jobs. Without a terminal, options answer; what is missing is named, and nothing is written.
 */
export async function init(
  named: string | undefined,
  { jobs, sample, role, externalId, ...options }: InitOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console, deployment } = context;
  const refused = refusal(console);
  const assuming = { ...(role !== undefined && { role }), ...(externalId !== undefined && { externalId }) };
  const target = await storeMeant(named, { sample, ...assuming }, console);
  if (target.kind === 'refused') return refused([target.words]);
  const { job: draft, questions, contextOf, ...seen } = await inspectionOf(target, sample, context);
  if (draft === null)
    return refused([
      `no job can be proposed for ${target.named.name}; rewrap inspect shows what it holds, and docs/formats.md how to name a format yourself`,
    ]);
  for (const { what, slot, dataKeys } of seen.formats)
    console.note(`found ${what} at ${slot}: ${dataKeys} data keys`);
  const answers = await answersOf({ job: draft, questions, contextOf }, options, console);
  if (answers === 'stopped') return refused(['nothing was written']);
  const made = madeJob({ job: draft, questions, contextOf }, answers);
  if (made.kind === 'refused') return refused(made.words);
  const file = join(jobs, `${made.name}.json`);
  if (existsSync(file) || besideHere(deployment, jobs).jobs.some(({ name }) => name === made.name))
    return refused([
      `there is a job ${made.name} in ${jobs}, and it is not overwritten; give this one another --name`,
    ]);
  write(file, made.job);
  const open = questions.filter(question => !ANSWERED.test(question));
  console.result(
    { file, job: made.job, questions: open, notChecked: seen.notChecked },
    writtenText,
    afterInit({ job: made.name, file, countsOnly: made.countsOnly }, hereOf(context)),
  );
  return EXIT.done;
}

function write(file: string, job: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeOutput(file, `${visibleJson(JSON.stringify(job, null, 2))}\n`);
}

function writtenText({
  file,
  questions,
}: {
  readonly file: string;
  readonly questions: readonly string[];
}): string {
  return [`${file} is written, and valid.`, ...questions.map(one => `check: ${one}`)].join('\n');
}

async function storeMeant(
  named: string | undefined,
  { sample, ...role }: Pick<InitOptions, 'sample'> & RoleOptions,
  console: Console,
): Promise<Target> {
  if (sample < 1)
    return { kind: 'refused', words: '--sample 0: no record would be looked at; write 1 or more' };
  const text = named ?? (await storeOfPerson(console));
  return text === undefined
    ? { kind: 'refused', words: 'name a store: rewrap init TABLE, or rewrap init s3://BUCKET/PREFIX' }
    : targetOf(text, role);
}

/** What an option or a person has answered. The others stay true until somebody has looked. */
const ANSWERED = /^destination\.key: |: which encryption context its readers use/;

function refusal(console: Console): (words: readonly string[]) => ExitCode {
  return words => {
    for (const one of words) console.note(one);
    return EXIT.refused;
  };
}

async function answersOf(
  draft: JobDraft,
  given: JobAnswers,
  { asksFor }: Console,
): Promise<JobAnswers | 'stopped'> {
  return asksFor === undefined ? given : ((await answersOfPerson(draft, given, asksFor)) ?? 'stopped');
}

type Made =
  | {
      readonly kind: 'job';
      readonly name: string;
      readonly job: Readonly<Record<string, unknown>>;
      readonly countsOnly: boolean;
    }
  | { readonly kind: 'refused'; readonly words: readonly string[] };

const FLAGS = {
  source: '--source KEY…: the data names no key that the data keys are under',
  destination: '--destination KEY: the key to move to',
  context: '--context NAME=VALUE…: which encryption context readers use, or none',
} as const;

function madeJob(draft: JobDraft, answers: JobAnswers): Made {
  const missing = missingIn(draft, answers);
  if (missing.length > 0)
    return {
      kind: 'refused',
      words: [
        'without a terminal to ask at, these have to be given:',
        ...missing.map(one => `  ${FLAGS[one]}`),
      ],
    };
  const wrong = answers.context === undefined ? undefined : contextProblem(answers.context);
  if (wrong !== undefined) return { kind: 'refused', words: [`--context ${wrong}`] };
  const job = completedJob(draft, answers);
  const parsed = parseJob(job, formats);
  return parsed.kind === 'job'
    ? { kind: 'job', name: parsed.job.name, job, countsOnly: countsOnly(parsed.job, formats) }
    : { kind: 'refused', words: parsed.problems.map(formatProblem) };
}

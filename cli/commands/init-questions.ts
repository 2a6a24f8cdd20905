import {
  contextProblem,
  keyProblem,
  missingIn,
  type JobAnswers,
  type Missing,
} from '../../lambda/core/recognise/completed-job.ts';
import type { JobDraft } from '../../lambda/core/recognise/job-draft.ts';
import type { AsksFor, Console } from '../context/console.ts';
import { targetOf } from './inspected-store.ts';

/** Which store, if nobody has named one. */
export async function storeOfPerson({ asksFor }: Console): Promise<string | undefined> {
  return asksFor?.({
    message: 'Which table, or s3://BUCKET/PREFIX, holds encrypted data keys?',
    problem: answer => {
      const target = targetOf(answer);
      return target.kind === 'refused' ? target.words : undefined;
    },
  });
}

/** Asks for what neither data nor options tell. `undefined`: the person has stopped. */
export async function answersOfPerson(
  draft: JobDraft,
  given: JobAnswers,
  asksFor: AsksFor,
): Promise<JobAnswers | undefined> {
  const missing = missingIn(draft, given);
  const asked: Record<string, unknown> = {};
  for (const { field, isAsked, take, ...question } of questionsFor(draft, given, missing)) {
    if (!isAsked) continue;
    const answer = await asksFor(question);
    if (answer === undefined) return undefined;
    asked[field] = take(answer);
  }
  return { ...given, ...asked };
}

interface Question {
  readonly field: keyof JobAnswers;
  readonly isAsked: boolean;
  readonly message: string;
  readonly proposal?: string;
  readonly problem: (answer: string) => string | undefined;
  readonly take: (answer: string) => unknown;
}

function questionsFor(draft: JobDraft, given: JobAnswers, missing: readonly Missing[]): readonly Question[] {
  return [
    nameQuestion(draft, given),
    ...keyQuestions(missing),
    contextQuestion(missing),
    rateQuestion(given),
  ];
}

function nameQuestion({ job }: JobDraft, given: JobAnswers): Question {
  return {
    ...{ field: 'name', isAsked: given.name === undefined, message: 'Name of the job?', proposal: job.name },
    problem: answer =>
      /^[a-z0-9][a-z0-9-]{0,39}$/.test(answer) ? undefined : 'write 1 to 40 of a-z, 0-9 and -',
    take: answer => answer,
  };
}

function keyQuestions(missing: readonly Missing[]): readonly Question[] {
  return [
    {
      ...{ field: 'source', isAsked: missing.includes('source') },
      message: 'Which key are the data keys under? Its ARN:',
      problem: keyProblem,
      take: answer => [answer],
    },
    {
      ...{ field: 'destination', isAsked: missing.includes('destination') },
      message: 'Which key shall they move to? Its ARN:',
      problem: keyProblem,
      take: answer => answer,
    },
  ];
}

/** A wrong context does no harm: KMS refuses every data key under it, and Plan says so. */
function contextQuestion(missing: readonly Missing[]): Question {
  return {
    ...{ field: 'context', isAsked: missing.includes('context'), proposal: 'none' },
    message: 'Which encryption context do readers use? NAME=VALUE or NAME=@ATTRIBUTE, separated by spaces:',
    problem: answer => contextProblem(pairsIn(answer)),
    take: pairsIn,
  };
}

function rateQuestion({ kmsRequestsPerSecond }: JobAnswers): Question {
  return {
    ...{ field: 'kmsRequestsPerSecond', isAsked: kmsRequestsPerSecond === undefined, proposal: '500' },
    message: 'How many KMS requests a second may a run send?',
    problem: answer => (/^[1-9]\d{0,5}$/.test(answer) ? undefined : 'write a whole number, 1 or more'),
    take: Number,
  };
}

function pairsIn(answer: string): readonly string[] {
  return answer.trim().split(/\s+/);
}

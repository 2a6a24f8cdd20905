import type { HeadObjectCommand } from '@aws-sdk/client-s3';

/** Takes the date from the answer's header. It is the clock by which S3 dates objects. */
export function answerDate(command: HeadObjectCommand): () => number {
  let date = 0;
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      date = answerDateOf(result.response as Answered);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'kmsRewrapAnswerDate' },
  );
  return () => date;
}

interface Answered {
  readonly headers?: Readonly<Record<string, string>>;
}

/** 0 for an answer without a date: nothing was then settled by it. */
export function answerDateOf({ headers }: Answered): number {
  return Date.parse(headers?.['date'] ?? '') || 0;
}

import type { HeadObjectCommand } from '@aws-sdk/client-s3';

/** Takes the date from the answer's header. It is the clock by which S3 dates objects. */
export function answerDate(command: HeadObjectCommand): () => number {
  let date = 0;
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      date = Date.parse(headers?.['date'] ?? '') || 0;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'kmsRewrapAnswerDate' },
  );
  return () => date;
}

import type { HeadObjectCommand } from '@aws-sdk/client-s3';

/** Takes the date of the answer from its header: S3's clock, by which it dates objects. */
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

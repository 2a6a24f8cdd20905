import { parseKeyReference } from '../model/arn.ts';
import { isFillIn, type JobDraft } from './job-draft.ts';

/** What the data of a store does not tell of a job. */
export interface JobAnswers {
  readonly name?: string;
  readonly source?: readonly string[];
  readonly destination?: string;
  /** `NAME=VALUE` each, or `NAME=@PLACE`; `none` for a context without pairs. */
  readonly context?: readonly string[];
  readonly kmsRequestsPerSecond?: number;
  readonly maxConcurrency?: number;
}

/** Something that the operator alone knows, and has not said. */
export type Missing = 'destination' | 'source' | 'context';

/** What is still to be answered before a draft is a job. Everything else has a proposal or a default. */
export function missingIn(draft: JobDraft, answers: JobAnswers): readonly Missing[] {
  return [
    ...(draft.job.source.keys.some(isFillIn) && answers.source === undefined ? ['source' as const] : []),
    ...(answers.destination === undefined ? ['destination' as const] : []),
    ...(draft.contextOf.length > 0 && answers.context === undefined ? ['context' as const] : []),
  ];
}

/** The draft with the answers in it. It is not validated yet. */
export function completedJob(draft: JobDraft, answers: JobAnswers): Readonly<Record<string, unknown>> {
  const { name, source, destination, context, kmsRequestsPerSecond, maxConcurrency } = answers;
  const limits = {
    ...(kmsRequestsPerSecond !== undefined && { kmsRequestsPerSecond }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
  };
  return {
    ...draft.job,
    ...(name !== undefined && { name }),
    ...(source !== undefined && { source: { keys: source } }),
    ...(destination !== undefined && { destination: { key: destination } }),
    stores: draft.job.stores.map((store, index) =>
      context === undefined || !draft.contextOf.includes(index)
        ? store
        : {
            ...store,
            format: {
              ...(store['format'] as object),
              encryptionContext: contextIn(context, store['type'] === 's3' ? 'metadata' : 'attribute'),
            },
          },
    ),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

/** What is wrong with how a context is written; nothing where it can be read. */
export function contextProblem(pairs: readonly string[]): string | undefined {
  const wrong = isNone(pairs) ? undefined : pairs.find(pair => !/^[^=]+=./su.test(pair));
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong)} is no pair of an encryption context; write NAME=VALUE, NAME=@ATTRIBUTE for a value that each record holds, or none`;
}

/** What is wrong with a key; nothing where it is an ARN of KMS. */
export function keyProblem(key: string): string | undefined {
  return parseKeyReference(key) === undefined
    ? 'write arn:aws:kms:REGION:ACCOUNT:key/ID or arn:aws:kms:REGION:ACCOUNT:alias/NAME'
    : undefined;
}

function contextIn(
  pairs: readonly string[],
  place: 'metadata' | 'attribute',
): Readonly<Record<string, unknown>> {
  if (isNone(pairs)) return {};
  return Object.fromEntries(
    pairs.map(pair => {
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      return [pair.slice(0, at), value.startsWith('@') ? { [place]: value.slice(1) } : value];
    }),
  );
}

function isNone(pairs: readonly string[]): boolean {
  return pairs.length === 1 && pairs[0] === 'none';
}

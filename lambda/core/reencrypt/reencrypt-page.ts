import { ALL_THE_TIME, type Turns } from '../scan/turns.ts';
import type { DataKey, WriteTo } from '../model/data-key.ts';
import type { Outcome } from '../model/outcome.ts';
import { canonicalContext } from '../model/encryption-context.ts';
import { digest } from '../model/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { askKms, type Answer, type AskOptions } from './ask-kms.ts';
import { askTwinsOnce } from './twins.ts';

export interface PageAnswer {
  readonly found: Found;
  readonly answer: Answer;
}

/**
 * Asks KMS about as many data keys of a page as there is time for. Equal ciphertexts under equal contexts are common with
 * data-key caching. KMS is asked about such twins once, and all of them get the same new ciphertext.
 *
 * @returns what needs no question, and what was answered
 */
export async function reencryptPage(
  found: readonly Found[],
  { turns = ALL_THE_TIME, ...options }: AskOptions & { readonly turns?: Turns },
): Promise<readonly PageAnswer[]> {
  const questions = found.filter(({ finding }) => finding.kind === 'data-key');
  const answers = await askTwinsOnce(questions, questionOf, { ask: one => ask(one, options), turns });
  return found.flatMap(one => {
    const answer = answerFor(one, answers);
    return answer === undefined ? [] : [{ found: one, answer }];
  });
}

/** If the new data key has a place of its own, check the existing copy first; it may already be up to date. */
async function ask({ finding, record }: Found, options: AskOptions): Promise<Answer> {
  const dataKey = finding as DataKey;
  const { writeTo } = dataKey;
  const absent = record.absent !== undefined;
  if (record.absent?.refused !== undefined)
    return { kind: 'settled', outcome: { kind: 'blocked', reason: record.absent.refused } };
  if (writeTo === undefined) return askKms({ dataKey, mustWrite: absent }, options);
  if (writeTo.ciphertext !== undefined && !writeTo.stale && !absent) {
    const copy = asWritten(dataKey, writeTo, writeTo.ciphertext);
    const written = await askKms({ dataKey: copy, mustWrite: false }, options);
    if (written.kind === 'settled' && STAYS.includes(written.outcome.kind)) return written;
    if (written.kind === 'settled' && UNKNOWN.includes(written.outcome.kind) && !writeTo.recorded)
      return { kind: 'settled', outcome: NOT_OURS };
  }
  return askKms({ dataKey, mustWrite: true }, options);
}

const STAYS: readonly string[] = ['already-current', 'blocked', 'failed'];
const UNKNOWN: readonly string[] = ['foreign-key', 'unreadable', 'unsupported'];
/** A run never overwrites what it does not understand. */
const NOT_OURS: Outcome = {
  kind: 'unsupported',
  reason:
    'the place for the new data key holds what no key of the job opens; empty it, or name another place',
};

/** The data key at the place to write to, under the contexts that a reader of that place builds. */
function asWritten(
  { kind, slot, readerContexts }: DataKey,
  { recordedKeyArn }: WriteTo,
  ciphertext: Uint8Array,
): DataKey {
  const contexts = readerContexts.map(context => ({ source: context, destination: context }));
  const label = recordedKeyArn === undefined ? {} : { recordedKeyArn };
  return { kind, slot, ciphertext, contexts, readerContexts, ...label };
}

/** All that an answer depends on. */
export function questionOf({ finding, record }: Found): string {
  const { ciphertext, contexts, readerContexts, recordedKeyArn, recordedAlgorithm, writeTo } =
    finding as DataKey;
  return [
    digest(ciphertext),
    ...contexts.flatMap(({ source, destination }) => [source, destination].map(canonicalContext)),
    ...readerContexts.map(canonicalContext),
    recordedKeyArn,
    recordedAlgorithm,
    writeTo?.ciphertext && digest(writeTo.ciphertext),
    writeTo?.stale,
    writeTo?.recorded,
    writeTo?.recordedKeyArn,
    record.absent !== undefined,
  ].join(' ');
}

/** `undefined` for a data key that there was no time for. */
function answerFor(found: Found, answers: ReadonlyMap<Found, Answer>): Answer | undefined {
  const { finding } = found;
  switch (finding.kind) {
    case 'data-key':
      return answers.get(found);
    case 'unreadable':
    case 'unsupported':
    case 'blocked':
      return { kind: 'settled', outcome: { kind: finding.kind, reason: finding.reason } };
  }
}

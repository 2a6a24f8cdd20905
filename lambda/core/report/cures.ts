import type { OutcomeKind } from '../model/outcome.ts';
import type { DoubtCode } from '../verdict/store-verdict.ts';

interface Cure {
  readonly means: string;
  readonly cure: string;
}

/** In the words of docs/proof.md, word for word: a test compares them. */
export const DOUBT_CURES: Readonly<Record<DoubtCode, Cure>> = {
  remaining: {
    means: 'data keys need a source key, or may need one',
    cure: 'Look at each reason in the report; mend the record or the job.',
  },
  'journal-contradicted': {
    means: 'KMS does not confirm a data key of the sample that the journal proves',
    cure: 'Run again with `--ask-all`, and find out who can write to the journal, or what altered it. The next run rests on no earlier journal.',
  },
  'look-alikes': {
    means: 'values elsewhere look like data keys, or name a source key',
    cure: 'Name them in a format, or answer for them with `"ignore"`.',
  },
  'no-data-key-found': {
    means: 'there are records, and no data key in any of them',
    cure: 'Correct the place that the format names.',
  },
  'objects-without-data-key': {
    means: 'objects have none in their metadata, and their bodies are not read',
    cure: 'If they need none, write `"withoutDataKey": "expected"`.',
  },
  'all-foreign': {
    means: 'every data key is under another key than those of the job',
    cure: 'Check which key an alias names now, and which key it named before.',
  },
  'nothing-there': {
    means: 'there is no record under the prefix, filter or index',
    cure: 'Correct how it is written.',
  },
  narrowed: {
    means: 'the run was about a part',
    cure: 'Run a job that is not narrowed, or all parts that make up the store.',
  },
  'not-verified': { means: 'a census, or a job with `verify` off', cure: 'Run the mode `verify`.' },
  incomplete: { means: 'a unit did not come to its end', cure: 'Start the same job again.' },
};

/** What to do about a data key with this outcome; `undefined` where nothing is left to do. */
export function outcomeCure(kind: OutcomeKind): string | undefined {
  switch (kind) {
    case 'rewrapped':
    case 'already-current':
    case 'restored':
    case 'already-restored':
      return undefined;
    case 'to-rewrap':
      return 'Let writers use the destination key, then start the job again.';
    case 'moved-by-another-writer':
      return 'Start the job again: it looks at what is there now.';
    case 'foreign-key':
      return 'KMS has said that no source key of the job made it. If it should move, too, add its key to the source keys of a job.';
    case 'unreadable':
      return 'Ask who wrote it: its bytes are damaged, or its encryption context or encoding is not what the job says. Mend the record or the job.';
    case 'unsupported':
      return 'No call of KMS can move it where it is. Let its application write it anew.';
    case 'blocked':
      return 'Lift what holds it (a lock, an archive class, a policy), then start the job again.';
    case 'failed':
      return 'If the reason passes, such as throttling, start the job again. If it stays, mend the record or the job first.';
  }
}

import colors from 'picocolors';
import type { StoreRecognition } from '../../lambda/core/recognise/recognise-store.ts';
import type { AssumedRole } from '../../lambda/core/model/job.ts';
import type { JobDraft } from '../../lambda/core/recognise/job-draft.ts';

/** What `rewrap inspect` tells. */
export interface Told extends StoreRecognition {
  readonly store: Readonly<Record<string, string>>;
  /** With which it was looked at; absent where the caller's own permissions were enough. */
  readonly assumeRole?: AssumedRole;
  readonly sample: {
    readonly complete: boolean;
    readonly bodiesUnread: number;
    readonly annotationsUnread: number;
  };
  /** `null`: none can be proposed. */
  readonly job: JobDraft['job'] | null;
  readonly questions: readonly string[];
  readonly notChecked: readonly string[];
}

/** With what the command line asks by itself. */
export interface Inspection extends Told {
  /** By index: stores of the job whose encryption context is among the questions. */
  readonly contextOf: readonly number[];
}

/** What the sample cannot say of the store. */
export function notLookedAt({ sample }: Pick<Inspection, 'sample'>): readonly string[] {
  return [
    ...(sample.complete ? [] : ['records beyond the sample']),
    'data keys without a sign of their own, as those under RSA keys that no value beside them names and those under SM2 keys, and those within what is encrypted',
    'whether KMS takes the data keys under these contexts: a census tells',
  ];
}

/** The sample as text: what it holds, what cannot be re-wrapped, and the job. */
export function recognitionText(inspection: Told): string {
  const { job } = inspection;
  return [
    headline(inspection),
    ...section('Data keys', formatLines(inspection)),
    ...section('Not to be re-wrapped', refusedLines(inspection)),
    ...section('Looks like a data key, where no format reads one', lookAlikeLines(inspection)),
    ...section('As long as what an RSA key encrypts, beside the name of a KMS key', rsaLines(inspection)),
    ...section('Keys that are named', keyLines(inspection)),
    ...section('Besides', otherLines(inspection)),
    '',
    colors.bold(conclusionWords(inspection)),
    ...conflictLines(inspection),
    ...(job === null ? [] : ['', JSON.stringify(job, null, 2)]),
  ].join('\n');
}

function headline({ store, records, sample }: Told): string {
  const { table = '', bucket, prefix = '' } = store;
  const name = bucket === undefined ? table : `s3://${bucket}/${prefix}`;
  const all = sample.complete ? 'these are all' : 'there are more';
  return `${colors.bold(name)}: ${counted(records, 'record')} looked at, ${all}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function formatLines({ formats }: Told): readonly string[] {
  return formats.map(
    ({ what, slot, records, dataKeys }) =>
      `${colors.green('✓')} ${colors.bold(what)} at ${slot}: ${counted(dataKeys, 'data key')} in ${counted(records, 'record')}`,
  );
}

function refusedLines({ refused }: Told): readonly string[] {
  return refused.map(
    ({ what, reason, records, example: { locator, slot } }) =>
      `${colors.red('✗')} ${colors.bold(what)} in ${counted(records, 'record')}: the value ${reason} (${locator}, at ${slot})`,
  );
}

function lookAlikeLines({ lookAlikes }: Told): readonly string[] {
  return lookAlikes.map(
    ({ slot, form, records, example: { locator } }) =>
      `${colors.yellow('!')} ${colors.bold(slot)} (${form}) in ${counted(records, 'record')} (${locator})`,
  );
}

function rsaLines({ rsaLengths }: Told): readonly string[] {
  return rsaLengths.map(
    ({ slot, keySpec, records, keys, example: { locator } }) =>
      `${colors.yellow('!')} ${colors.bold(slot)} (${keySpec}) in ${counted(records, 'record')} (${locator}): ${keys.map(({ keyArn }) => keyArn).join(', ')}. If aws kms describe-key says ${keySpec} and ENCRYPT_DECRYPT, name the place and the key in a job; a census counts them`,
  );
}

function keyLines({ keys }: Told): readonly string[] {
  return keys.map(({ keyArn, records }) => `${colors.dim('·')} ${keyArn}: in ${counted(records, 'record')}`);
}

function otherLines({
  withNone,
  hidden,
  sample: { bodiesUnread, annotationsUnread },
}: Told): readonly string[] {
  const lines: readonly (readonly [number, string])[] = [
    [withNone, 'in which nothing was recognised'],
    [hidden, 'that their store does not show'],
    [bodiesUnread, 'whose body was not looked at: larger than 1 MiB, archived, or just being changed'],
    [
      annotationsUnread,
      'not all of whose annotations were looked at: more than 8, larger than 64 KiB, or not shown to you',
    ],
  ];
  return lines
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${colors.dim('·')} ${counted(count, 'record')} ${words}`);
}

function conclusionWords({ conclusion, formats }: Told): string {
  switch (conclusion.kind) {
    case 'one-format':
      return `One format: ${formats[0]?.what ?? ''}. The job, as far as the sample tells it:`;
    case 'several-formats':
      return 'Several formats, each in places of its own. The job has one store for each, as far as the sample tells it:';
    case 'ambiguous':
      return 'Nothing is proposed, as the sample can be read in more than one way. Look, and write the format yourself';
    case 'nothing':
      return 'No data key was recognised that a job could re-wrap. Data keys under RSA keys have no sign of their own: name their place yourself';
  }
}

function conflictLines({ conclusion }: Told): readonly string[] {
  if (conclusion.kind !== 'ambiguous') return [];
  return conclusion.conflicts.map(
    ({ slot, between }) => `${colors.yellow('!')} ${slot}: ${between.join(', or ')}`,
  );
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

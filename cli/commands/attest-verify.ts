import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readCounts } from '../../lambda/core/evidence/check-counts.ts';
import { checkRun } from '../../lambda/core/evidence/check-run.ts';
import { EVIDENCE } from '../../lambda/core/evidence/names.ts';
import { JOURNAL_KINDS, type JournalKind } from '../../lambda/core/model/seal.ts';
import { NoPack } from '../../lambda/core/pack/tar-reader.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
import {
  evidenceBeside,
  evidenceInPack,
  isPack,
  textOf,
  type GivenEvidence,
  type RunName,
} from '../deployment/given-evidence.ts';
import { rewrapStep } from '../next-steps/next-step.ts';
import { attestedText, type Attested } from '../render/attested.ts';

export interface VerifyOptions {
  /** A copy of the journal bucket, or `s3://BUCKET`. @default the folder of the report */
  readonly journal?: string;
  /** PEM. @default the one beside the report */
  readonly publicKey?: string;
  /** Nothing is said of the intents. */
  readonly outcomesOnly?: boolean;
}

/** `rewrap attest verify REPORT|PACK`: is the report, and the journal it rests on, what the deployment has signed? */
export async function attestVerify(
  file: string,
  options: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const ready = await readyToCheck(file, options, context);
  if (typeof ready === 'string') {
    console.note(ready);
    return EXIT.refused;
  }
  const { given, report, run, key, keyFile } = ready;
  const kinds = kindsToCheck(options, given);
  const objects = await given.journal(run, kinds);
  const files = { ...given.files, report };
  const differences = [...given.differences, ...checkRun({ files, objects, kinds, isSigned: signedBy(key) })];
  const attested: Attested = {
    ...run,
    good: differences.length === 0,
    objects: objects.length,
    lines: objects.reduce((sum, { checked }) => sum + checked.lines, 0),
    differences,
    notChecked: notChecked(options, { keyFile, kinds, earlier: readCounts(report)?.continues ?? [] }),
  };
  console.result(attested, attestedText, [
    rewrapStep(
      ['report', run.runId],
      'shows what the run reported, from the deployment itself',
      hereOf(context),
    ),
  ]);
  return attested.good ? EXIT.done : EXIT.left;
}

interface Ready {
  readonly given: GivenEvidence;
  readonly report: string;
  readonly run: RunName;
  readonly key: KeyObject;
  /** Where the key was, in words. */
  readonly keyFile: string;
}

/** What is to be checked; in words, why it cannot be. */
async function readyToCheck(
  file: string,
  options: VerifyOptions,
  context: CommandContext,
): Promise<Ready | string> {
  const packed = isPack(file);
  if (packed && options.journal !== undefined)
    return `${file} is a pack, which has its journal in it; leave out --journal`;
  const given = await givenEvidence(file, options, context);
  if (given instanceof NoPack) return `${file} is no pack of evidence: ${given.message}`;
  const { report } = given.files;
  if (report === undefined)
    return packed
      ? `${file} has no ${EVIDENCE.report} in it`
      : `${file} cannot be read; name the report.json of a run, or a pack`;
  const run = runOf(report);
  if (run === undefined) return `${packed ? `${EVIDENCE.report} in ${file}` : file} is no report of a run`;
  const keyFile = options.publicKey ?? `${EVIDENCE.publicKey} ${packed ? `in ${file}` : `beside ${file}`}`;
  const key = keyIn(options.publicKey === undefined ? given.publicKey : textOf(options.publicKey));
  if (key === undefined) return `${keyFile} is no public key in PEM; name one with --public-key FILE`;
  return { given, report, run, key, keyFile };
}

async function givenEvidence(
  file: string,
  { journal }: VerifyOptions,
  { aws }: CommandContext,
): Promise<GivenEvidence | NoPack> {
  if (!isPack(file)) return evidenceBeside(file, { journal, aws });
  try {
    return await evidenceInPack(file);
  } catch (error) {
    if (error instanceof NoPack) return error;
    throw error;
  }
}

/** A pack without any intents was made without them: that is said, and is no difference. */
function kindsToCheck({ outcomesOnly }: VerifyOptions, { kinds }: GivenEvidence): readonly JournalKind[] {
  const withoutIntents = outcomesOnly === true || (kinds !== undefined && !kinds.includes('intents'));
  return withoutIntents ? ['outcomes'] : JOURNAL_KINDS;
}

/** A report may be anything that somebody has put there: only its names are read, before its digest is known to be right. */
function runOf(report: string): RunName | undefined {
  try {
    const { job, runId } = JSON.parse(report) as { readonly job?: unknown; readonly runId?: unknown };
    const isName = (name: unknown): name is string =>
      typeof name === 'string' && /^[\w.-]+$/.test(name) && !name.startsWith('.');
    return isName(job) && isName(runId) ? { job, runId } : undefined;
  } catch {
    return undefined;
  }
}

function keyIn(pem: string | undefined): KeyObject | undefined {
  try {
    return pem === undefined ? undefined : createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function signedBy(key: KeyObject): (message: Uint8Array, signature: Uint8Array) => boolean {
  return (message, signature) =>
    key.asymmetricKeyType === 'ec' &&
    key.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
    verify('sha256', message, key, signature);
}

interface Checked {
  readonly keyFile: string;
  readonly kinds: readonly JournalKind[];
  /** Runs from which this one went on. */
  readonly earlier: readonly string[];
}

function notChecked(
  { publicKey, outcomesOnly }: VerifyOptions,
  { keyFile, kinds, earlier }: Checked,
): readonly string[] {
  return [
    ...(earlier.length > 0
      ? [
          `what the report counts of ${earlier.join(', ')}, from which this run went on: check the reports of those as well`,
        ]
      : []),
    ...(kinds.includes('intents')
      ? []
      : [`the intents of the run, ${outcomesOnly === true ? 'as you asked' : 'which are not in this pack'}`]),
    ...(publicKey === undefined
      ? [
          `whose key ${keyFile} is: compare it with aws kms get-public-key, or with the copy that you have kept`,
        ]
      : []),
    'what was done before it was journalled, or by whoever may use the key (docs/evidence.md)',
  ];
}

import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { journalInFolder } from '../../lambda/adapters/files/journal-folder.ts';
import { journalObjects } from '../../lambda/adapters/journal/export.ts';
import { readCounts } from '../../lambda/core/evidence/check-counts.ts';
import { checkRun, type EvidenceFiles, type ObjectOfRun } from '../../lambda/core/evidence/check-run.ts';
import { checkStored, type StoredObject } from '../../lambda/core/evidence/check-stored.ts';
import { EVIDENCE } from '../../lambda/core/evidence/names.ts';
import { JOURNAL_KINDS, type JournalKind } from '../../lambda/core/model/seal.ts';
import type { CommandContext } from '../context/command-context.ts';
import { EXIT, type ExitCode } from '../context/exit-codes.ts';
import { hereOf } from '../context/here.ts';
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

/** `rewrap attest verify REPORT`: is the report, and the journal it rests on, what the deployment has signed? */
export async function attestVerify(
  reportFile: string,
  options: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const refuse = (words: string): ExitCode => {
    console.note(words);
    return EXIT.refused;
  };
  const folder = dirname(resolve(reportFile));
  const report = textOf(reportFile);
  const run = report === undefined ? undefined : runOf(report);
  if (report === undefined) return refuse(`${reportFile} cannot be read; name the report.json of a run`);
  if (run === undefined) return refuse(`${reportFile} is no report of a run`);
  const keyFile = options.publicKey ?? join(folder, EVIDENCE.publicKey);
  const key = keyIn(keyFile);
  if (key === undefined) return refuse(`${keyFile} is no public key in PEM; name one with --public-key FILE`);
  const kinds: readonly JournalKind[] = options.outcomesOnly === true ? ['outcomes'] : JOURNAL_KINDS;
  const journal = options.journal ?? folder;
  const files = filesIn(folder, report);
  const objects = await checkedObjects(objectsOf(journal, { ...run, kinds, context }), run.runId);
  const differences = checkRun({ files, objects, kinds, isSigned: signedBy(key) });
  const attested: Attested = {
    ...run,
    good: differences.length === 0,
    objects: objects.length,
    lines: objects.reduce((sum, { checked }) => sum + checked.lines, 0),
    differences,
    notChecked: notChecked(options, { keyFile, earlier: readCounts(report)?.continues ?? [] }),
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

interface RunName {
  readonly job: string;
  readonly runId: string;
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

function filesIn(folder: string, report: string): EvidenceFiles {
  const [statement, seals, bom] = [EVIDENCE.statement, EVIDENCE.seals, EVIDENCE.bom].map(name =>
    textOf(join(folder, name)),
  );
  return { report, statement, seals, bom };
}

function textOf(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function keyIn(file: string): KeyObject | undefined {
  const pem = textOf(file);
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

function objectsOf(
  journal: string,
  { context, ...run }: RunName & { readonly kinds: readonly JournalKind[]; readonly context: CommandContext },
): AsyncIterable<StoredObject> {
  if (!journal.startsWith('s3://')) return journalInFolder(journal, run);
  return journalObjects(
    new AwsClients(context.aws).s3(),
    journal.slice('s3://'.length).split('/')[0] ?? '',
    run,
  );
}

async function checkedObjects(
  objects: AsyncIterable<StoredObject>,
  runId: string,
): Promise<readonly ObjectOfRun[]> {
  const checked: ObjectOfRun[] = [];
  for await (const object of objects) {
    const one = checkStored(object, runId);
    if (one !== undefined) checked.push(one);
  }
  return checked;
}

function notChecked(
  { publicKey, outcomesOnly }: VerifyOptions,
  { keyFile, earlier }: { readonly keyFile: string; readonly earlier: readonly string[] },
): readonly string[] {
  return [
    ...(earlier.length > 0
      ? [
          `what the report counts of ${earlier.join(', ')}, from which this run went on: check the reports of those as well`,
        ]
      : []),
    ...(outcomesOnly === true ? ['the intents of the run, as you asked'] : []),
    ...(publicKey === undefined
      ? [
          `whose key ${keyFile} is: compare it with aws kms get-public-key, or with the copy that you have kept`,
        ]
      : []),
    'what was done before it was journalled, or by whoever may use the key (docs/evidence.md)',
  ];
}

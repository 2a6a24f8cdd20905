import { accountPage } from '../account/account-page.ts';
import { freshProgress } from '../account/unit-progress.ts';
import { PageBudget } from '../account/page-budget.ts';
import { heedControl } from '../account/run-control.ts';
import { outcomeEntry } from '../journal/journal-page.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Finding } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type {
  Clock,
  Deadline,
  KeyService,
  Ledger,
  OutcomeArchive,
  RecordStore,
  ReEncryptAnswer,
  Telemetry,
} from '../ports.ts';
import { checkReply } from '../reencrypt/check-reply.ts';
import { askTwinsOnce } from '../reencrypt/twins.ts';
import { digest } from '../scan/digest.ts';
import { findDataKeys, type Found } from '../scan/find-data-keys.ts';
import { pages } from '../scan/pages.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { ciphertextOf, verdictOf, type Verdict } from './verdict.ts';

export interface VerifyPorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly archive: OutcomeArchive;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/**
 * Visits every data key again, with strongly consistent reads and a role that may use the destination key only,
 * and asks the ciphertext itself, not a label: KMS opens it with the destination key, or it does not.
 */
export async function verifyUnit(scope: UnitScope, ports: VerifyPorts): Promise<UnitProgress> {
  const { unit, plan } = scope;
  const budget = new PageBudget(ports);
  let progress = await ports.ledger.resume(unit, freshProgress(unit, 'verify'));
  if (progress.done) return progress;
  const foreign = await provenForeign(scope, ports.archive);
  const start = {
    ...(progress.cursor !== undefined && { cursor: progress.cursor }),
    pageSize: plan.pageSize,
    consistent: true,
  };

  for await (const page of pages(ports.records, unit.range, start)) {
    await heedControl(plan, ports);
    const found = findDataKeys(page.records, scope.format);
    const verdicts = await judge(found, scope, { keys: ports.keys, foreign });
    const entries = verdicts.map(({ found: one, outcome }) => outcomeEntry(scope, one, outcome));
    const remaining = verdicts.filter(({ remains }) => remains).length;
    progress = await accountPage(scope, { page, entries, remaining, progress }, ports);
    if (!budget.allowsAnotherPage()) break;
  }
  return progress;
}

/**
 * Digests of the ciphertexts that KMS, in this run's migrate pass, found to be under none of the source keys.
 * A ciphertext never changes its key, so what was asked then still holds for the same bytes.
 */
async function provenForeign(
  { unit, plan }: UnitScope,
  archive: OutcomeArchive,
): Promise<ReadonlySet<string>> {
  const foreign = new Set<string>();
  if (plan.mode !== 'migrate') return foreign;
  for await (const { outcome, digest: known } of archive.outcomesOf(unit)) {
    if (outcome === 'foreign-key' && known !== undefined) foreign.add(known);
  }
  return foreign;
}

interface Judged extends Verdict {
  readonly found: Found;
}

async function judge(
  found: readonly Found[],
  { plan }: UnitScope,
  ports: AskPorts,
): Promise<readonly Judged[]> {
  const findings = found.map(({ finding }) => finding);
  const answers = await askTwinsOnce(findings.filter(hasCiphertext), fingerprint, finding =>
    askDestination(finding, plan.destinationKeyArn, ports.keys),
  );
  return found.map(one => {
    const ciphertext = ciphertextOf(one.finding);
    const foreign = ciphertext !== undefined && ports.foreign.has(digest(ciphertext));
    return { ...verdictOf(one.finding, answers.get(one.finding), foreign), found: one };
  });
}

interface AskPorts {
  readonly keys: KeyService;
  readonly foreign: ReadonlySet<string>;
}

function hasCiphertext(finding: Finding): boolean {
  return ciphertextOf(finding) !== undefined;
}

function fingerprint(finding: Finding): string {
  return `${digest(ciphertextOf(finding) ?? new Uint8Array())} ${canonicalContext(contextOf(finding))}`;
}

/** Where only the context is missing, an empty one still tells whose ciphertext it is: KMS checks the key first. */
function contextOf(finding: Finding): EncryptionContext {
  return finding.kind === 'data-key' ? finding.encryptionContext : {};
}

async function askDestination(
  finding: Finding,
  destinationKeyArn: string,
  keys: KeyService,
): Promise<ReEncryptAnswer> {
  const context = contextOf(finding);
  const request = {
    ciphertext: ciphertextOf(finding) ?? new Uint8Array(),
    sourceKeyArn: destinationKeyArn,
    destinationKeyArn,
    sourceContext: context,
    destinationContext: context,
  };
  const answer = await keys.reEncrypt(request);
  if (answer.kind === 're-encrypted') checkReply(request, answer);
  return answer;
}

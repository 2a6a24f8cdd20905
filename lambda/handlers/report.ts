import type { Context } from 'aws-lambda';
import { journalLocation } from '../adapters/journal/journal.ts';
import { DynamoDbLedger } from '../adapters/state/ledger.ts';
import { AwsClients } from '../adapters/aws/clients.ts';
import { EvidenceKey } from '../adapters/kms/evidence-key.ts';
import { namingFailures } from '../adapters/aws/failure.ts';
import { LedgerExpiry } from '../adapters/state/ledger-expiry.ts';
import { LedgerHistory } from '../adapters/state/run-history.ts';
import { S3RunFiles } from '../adapters/run/files.ts';
import { RunEvents } from '../adapters/run/events.ts';
import { LedgerStoreLocks } from '../adapters/state/store-locks.ts';
import { askedOf, refusalOf, type Failure } from '../core/report/failure-words.ts';
import { finishRun, type FinishPorts, type FinishRequest } from '../core/report/finish-run.ts';
import { ENV, requireEnv } from './env.ts';

const clients = new AwsClients();
const table = requireEnv(ENV.ledgerTable);
const events = new RunEvents({ service: 'report', deployment: requireEnv(ENV.deployment) });
const expiry = new LedgerExpiry(clients.dynamodb(), table);
const files = new S3RunFiles(clients.s3(), requireEnv(ENV.runBucket));
const ports = {
  files,
  ...evidence(),
  ledger: new DynamoDbLedger(clients.dynamodb(), table),
  history: new LedgerHistory(clients.dynamodb(), table),
  locks: new LedgerStoreLocks(clients.dynamodb(), table),
  journalLocation: (plan: Parameters<typeof journalLocation>[1]) =>
    journalLocation(requireEnv(ENV.journalBucket), plan),
  announce: (...about: Parameters<typeof events.finished>) => events.finished(...about),
  clock: { now: () => Date.now() },
};

/** Only a deployment with a key for it signs evidence. */
function evidence(): Pick<FinishPorts, 'evidence'> {
  const keyArn = process.env[ENV.evidenceKey];
  if (keyArn === undefined) return {};
  const key = new EvidenceKey(keyArn);
  return {
    evidence: {
      sign: message => key.sign(message),
      publicKey: () => key.publicKey(),
      write: (...file) => files.writeEvidence(...file),
    },
  };
}

/** What state ReportRefusal tells of a run that has no plan. */
interface Refusal {
  readonly runId: string;
  readonly input: unknown;
  readonly refused: Failure;
  readonly retries: number;
}

/** States Report, ReportFailure and ReportRefusal. */
export async function handler(event: FinishRequest | Refusal, context: Context): Promise<object> {
  if ('refused' in event) {
    const { runId, input, refused, retries } = event;
    await events.refused({ runId, ...askedOf(input), ...refusalOf(refused), retries });
    return { state: 'failed' };
  }
  const deadline = { remaining: () => context.getRemainingTimeInMillis() };
  const letExpire = (runId: string) => expiry.letExpire(runId, Date.now(), deadline);
  const { report, reportKey, brokenPremise, words } = await namingFailures(() =>
    finishRun(event, { ...ports, letExpire }),
  );
  const { state, remaining } = report;
  return {
    reportKey,
    state,
    remaining,
    ...(brokenPremise !== undefined && { brokenPremise }),
    ...(words !== undefined && { words }),
  };
}

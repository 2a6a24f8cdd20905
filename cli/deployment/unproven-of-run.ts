import type { Deployment } from '../../lambda/adapters/run/deployment.ts';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import { S3OutcomeArchive } from '../../lambda/adapters/journal/journal.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import {
  unprovenDataKeys,
  type JournalLine,
  type Unproven,
} from '../../lambda/core/report/unproven-data-keys.ts';

/** Every data key that a run leaves unproven: of its checkpoints and, where these name only the first, of its journal. */
export function unprovenOfRun(
  report: Report,
  plan: Pick<RunPlan, 'verify' | 'continues'>,
  { deployment, aws }: { readonly deployment: Deployment; readonly aws: ClientConfig },
): AsyncIterable<Unproven> {
  const clients = new AwsClients(aws);
  const ledger = new DynamoDbLedger(clients.dynamodb(), deployment.ledgerTable);
  const damaged = (name: string, reason: string): never => {
    throw new Error(`${name} ${reason}: the journal does not name every data key of this run`);
  };
  const archive = new S3OutcomeArchive(clients.s3(), {
    bucket: deployment.journalBucket,
    job: report.job,
    damaged,
  });
  const runs = [...(plan.continues ?? [])].reverse().concat(report.runId);
  return unprovenDataKeys(report, plan, {
    units: runId => ledger.units(runId),
    unprovenOf: async function* (unitId, pass): AsyncGenerator<JournalLine> {
      // A verify pass begins anew with each run, and a census goes on from where the last one was.
      for (const runId of pass === 'verify' ? [report.runId] : runs)
        yield* archive.unprovenOf({ runId, unitId });
    },
    outcomesOf: async function* (unitId): AsyncGenerator<JournalLine> {
      for (const runId of runs) yield* archive.outcomesOf({ runId, unitId });
    },
  });
}

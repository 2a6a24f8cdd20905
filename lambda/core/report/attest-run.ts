import { Buffer } from 'node:buffer';
import { billOfKeys } from './bill-of-keys.ts';
import { envelopeOf, signedBytes, STATEMENT_TYPE } from '../evidence/envelope.ts';
import { EVIDENCE, JOURNAL_SUBJECT, PREDICATE_TYPE, STATEMENT } from '../evidence/names.ts';
import type { SealsOfRun } from '../evidence/seals.ts';
import type { Statement } from '../evidence/statement.ts';
import { digest } from '../model/digest.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { reportJson } from './report-json.ts';
import type { Report } from './report.ts';

export interface EvidencePorts {
  /** Signs with the key of the deployment: ECDSA over P-256 and SHA-256, in DER. */
  sign(message: Uint8Array): Promise<{ readonly keyId: string; readonly signature: Uint8Array }>;
  /** PEM. */
  publicKey(): Promise<string>;
  /** Writes a file beside the report. */
  write(runId: string, name: string, text: string): Promise<void>;
}

export interface ToAttest {
  readonly plan: RunPlan;
  readonly report: Report;
  readonly seals: SealsOfRun;
}

/**
 * The evidence of a run, or why there is none, for the report. Stores have been changed by now, so a key that cannot sign must not
 * fail the run.
 */
export async function attested(about: ToAttest, ports: EvidencePorts): Promise<string | undefined> {
  try {
    await attestRun(about, ports);
    return undefined;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return `no evidence of this run was signed: ${words}`;
  }
}

/** Writes the evidence of a run beside its report: seals, bill of keys, public key, and the signed statement last. */
async function attestRun({ plan, report, seals }: ToAttest, ports: EvidencePorts): Promise<void> {
  const { runId } = report;
  const bom = `${JSON.stringify(billOfKeys(plan, report), null, 2)}\n`;
  await ports.write(runId, EVIDENCE.seals, seals.text());
  await ports.write(runId, EVIDENCE.bom, bom);
  await ports.write(runId, EVIDENCE.publicKey, await ports.publicKey());
  const payload = Buffer.from(JSON.stringify(statementOf(report, seals, bom)));
  const signed = await ports.sign(signedBytes(STATEMENT_TYPE, payload));
  const envelope = `${JSON.stringify(envelopeOf(payload, signed))}\n`;
  await ports.write(runId, EVIDENCE.statement, envelope);
}

function statementOf(report: Report, seals: SealsOfRun, bom: string): Statement {
  const { runId, job, mode, state, verdict, remaining, startedAt, endedAt } = report;
  const { root, ...journal } = seals.sealed();
  const subject = (name: string, sha256: string): Statement['subject'][number] => ({
    name,
    digest: { sha256 },
  });
  return {
    _type: STATEMENT,
    subject: [
      subject(EVIDENCE.report, digest(Buffer.from(reportJson(report)))),
      subject(JOURNAL_SUBJECT, root),
      // The root says the same. Whoever checks it by hand has a program for digests, and none for roots.
      subject(EVIDENCE.seals, digest(Buffer.from(seals.text()))),
      subject(EVIDENCE.bom, digest(Buffer.from(bom))),
    ],
    predicateType: PREDICATE_TYPE,
    predicate: {
      ...{ run: runId, job, mode, state, verdict, remaining, startedAt, endedAt },
      journal,
    },
  };
}

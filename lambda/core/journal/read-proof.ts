import * as z from 'zod';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import type { OutcomeEntry } from './entries.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const proofSchema = z.strictObject({
  digest: sha256,
  contextDigest: sha256,
  keyArn: z.string().min(1),
  keyMaterialId: z.string().min(1).optional(),
  kmsRequestIds: z.array(z.string().min(1)).min(1),
  runId: z.string().min(1).optional(),
});

/** What KMS has said, as a line of the journal tells it; `undefined` if the line is not exactly as we write it. */
export function readProof({ outcome, proof }: OutcomeEntry): DataKeyProof | undefined {
  if (proof === undefined || (outcome !== 'rewrapped' && outcome !== 'already-current')) return undefined;
  const parsed = proofSchema.safeParse(proof);
  return parsed.success ? (parsed.data as DataKeyProof) : undefined;
}

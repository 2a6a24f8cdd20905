import * as z from 'zod/mini';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import type { OutcomeEntry } from './entries.ts';
import { once } from '../schema/once.ts';

const sha256 = once(() => z.string().check(z.regex(/^[0-9a-f]{64}$/)));

const proofSchema = once(() =>
  z.strictObject({
    digest: sha256(),
    contextDigest: sha256(),
    keyArn: z.string().check(z.minLength(1)),
    keyMaterialId: z.optional(z.string().check(z.minLength(1))),
    kmsRequestIds: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
    runId: z.optional(z.string().check(z.minLength(1))),
  }),
);

/** What KMS has said, as a line of the journal tells it; `undefined` if the line is not exactly as we write it. */
export function readProof({ outcome, proof }: OutcomeEntry): DataKeyProof | undefined {
  if (proof === undefined || (outcome !== 'rewrapped' && outcome !== 'already-current')) return undefined;
  const parsed = proofSchema().safeParse(proof);
  return parsed.success ? (parsed.data as DataKeyProof) : undefined;
}

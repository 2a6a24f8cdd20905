import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';

/** DSSE, envelope.md: https://github.com/secure-systems-lab/dsse */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

export interface Envelope {
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid?: string | undefined; readonly sig: string }[];
}

/** What is signed: DSSE's pre-authentication encoding, which binds the type to the payload. */
export function signedBytes(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export function envelopeOf(
  payload: Uint8Array,
  { keyId, signature }: { readonly keyId: string; readonly signature: Uint8Array },
): Envelope {
  return {
    payload: Buffer.from(payload).toString('base64'),
    payloadType: STATEMENT_TYPE,
    signatures: [{ keyid: keyId, sig: Buffer.from(signature).toString('base64') }],
  };
}

/** Either alphabet of base64 (protocol.md), with nothing else in between. */
const base64 = (): z.ZodMiniString => z.string().check(z.regex(/^[\w+/-]+={0,2}$/));

export interface OpenedEnvelope {
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

/** Of a text that anybody may have written; `undefined` if it is no envelope around an in-toto statement. */
export function openEnvelope(text: string): OpenedEnvelope | undefined {
  const schema = z.object({
    payload: base64(),
    payloadType: z.literal(STATEMENT_TYPE),
    signatures: z.array(z.object({ sig: base64() })).check(z.minLength(1), z.maxLength(16)),
  });
  const parsed = schema.safeParse(json(text));
  if (!parsed.success) return undefined;
  const { payload, signatures } = parsed.data;
  return {
    payload: Buffer.from(payload, 'base64'),
    signatures: signatures.map(({ sig }) => Buffer.from(sig, 'base64')),
  };
}

/** Whose key an envelope says has signed it, which only its signature can show. */
export function signerOf(text: string): string | undefined {
  const schema = z.object({ signatures: z.array(z.object({ keyid: z.optional(z.string()) })) });
  return schema.safeParse(json(text)).data?.signatures[0]?.keyid;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { randomUUID } from 'node:crypto';
import { canonicalContext, type EncryptionContext } from '../../lambda/core/model/encryption-context.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { KeyService, ReEncryptAnswer, ReEncryptRequest } from '../../lambda/core/ports.ts';

interface Sealed {
  readonly keyArn: string;
  readonly material: string;
  readonly context: string;
  readonly plaintext: string;
  readonly nonce: string;
}

/** KMS in memory, for unit tests: a ciphertext is JSON that says everything about itself. */
export class FakeKms implements KeyService {
  readonly calls: ReEncryptRequest[] = [];
  readonly materials = new Map<string, string>();
  readonly disabled = new Set<string>();
  /** Consulted before each answer; an answer from here replaces the real one. */
  intercept: (request: ReEncryptRequest) => ReEncryptAnswer | undefined = () => undefined;
  rate = 0;

  encrypt(keyArn: string, plaintext: string, context: EncryptionContext): Uint8Array {
    const sealed: Sealed = {
      keyArn,
      material: this.materialOf(keyArn),
      context: canonicalContext(context),
      plaintext,
      nonce: randomUUID(),
    };
    return Buffer.from(JSON.stringify(sealed));
  }

  decrypt(
    ciphertext: Uint8Array,
    context: EncryptionContext,
  ): { keyArn: string; plaintext: string } | undefined {
    const sealed = parse(ciphertext);
    return sealed?.context === canonicalContext(context)
      ? { keyArn: sealed.keyArn, plaintext: sealed.plaintext }
      : undefined;
  }

  rotate(keyArn: string): void {
    this.materials.set(keyArn, `${keyArn}#${randomUUID()}`);
  }

  materialOf(keyArn: string): string {
    return this.materials.get(keyArn) ?? `${keyArn}#1`;
  }

  async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    this.calls.push(request);
    return Promise.resolve(this.intercept(request) ?? this.#answer(request));
  }

  pace(rate: number): void {
    this.rate = rate;
  }

  takeUsage(): { requests: number; throttled: number } {
    return { requests: this.calls.length, throttled: 0 };
  }

  #answer({
    ciphertext,
    sourceKeyArn,
    destinationKeyArn,
    sourceContext,
    destinationContext,
  }: ReEncryptRequest): ReEncryptAnswer {
    for (const keyArn of [sourceKeyArn, destinationKeyArn])
      if (this.disabled.has(keyArn)) throw new PremiseBroken('kms.reEncrypt', `${keyArn} is disabled`);
    const sealed = parse(ciphertext);
    if (sealed === undefined) return { kind: 'invalid-ciphertext' };
    if (sealed.keyArn !== sourceKeyArn) return { kind: 'incorrect-key' };
    if (sealed.context !== canonicalContext(sourceContext)) return { kind: 'invalid-ciphertext' };
    return {
      kind: 're-encrypted',
      ciphertext: this.encrypt(destinationKeyArn, sealed.plaintext, destinationContext),
      source: { keyArn: sourceKeyArn, keyMaterialId: sealed.material },
      destination: { keyArn: destinationKeyArn, keyMaterialId: this.materialOf(destinationKeyArn) },
      requestId: randomUUID(),
    };
  }
}

function parse(ciphertext: Uint8Array): Sealed | undefined {
  try {
    return JSON.parse(Buffer.from(ciphertext).toString('utf8')) as Sealed;
  } catch {
    return undefined;
  }
}

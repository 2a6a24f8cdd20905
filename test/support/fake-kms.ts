import { randomUUID } from 'node:crypto';
import { canonicalContext, type EncryptionContext } from '../../lambda/core/model/encryption-context.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type {
  DryRunAnswer,
  KeyService,
  ReEncryptAnswer,
  ReEncryptRequest,
  RequestSide,
} from '../../lambda/core/ports.ts';

interface Sealed {
  readonly keyArn: string;
  readonly material: string;
  readonly context: string;
  readonly plaintext: string;
  readonly nonce: string;
}

/**
 * What KMS answers for a ciphertext of another key. AWS does not document the order of its checks: `key` checks the key
 * first, `context` checks the context first, and `neither` calls every ciphertext that it cannot open invalid.
 */
export const CHECKS_FIRST = ['key', 'context', 'neither'] as const;
export type ChecksFirst = (typeof CHECKS_FIRST)[number];

/** KMS in memory, for unit tests: a ciphertext is JSON that contains everything about itself. */
export class FakeKms implements KeyService {
  checksFirst: ChecksFirst = 'key';
  /** Whether answers name key materials. */
  namesMaterials = true;
  readonly calls: ReEncryptRequest[] = [];
  /** The requests that were dry runs. */
  readonly tried: ReEncryptRequest[] = [];
  readonly materials = new Map<string, string>();
  readonly disabled = new Set<string>();
  /** Called before each answer; if it returns an answer, that one replaces the real one. */
  intercept: (request: ReEncryptRequest) => ReEncryptAnswer | undefined = () => undefined;
  rate = 0;
  #taken = 0;

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

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    this.tried.push(request);
    const answer = this.intercept(request) ?? this.#answer(request);
    return Promise.resolve(answer.kind === 're-encrypted' ? { kind: 'would-re-encrypt' } : answer);
  }

  pace(rate: number): void {
    this.rate = rate;
  }

  takeUsage(): { requests: number; throttled: number } {
    const sent = this.calls.length + this.tried.length;
    const requests = sent - this.#taken;
    this.#taken = sent;
    return { requests, throttled: 0 };
  }

  #answer({ ciphertext, source, destination }: ReEncryptRequest): ReEncryptAnswer {
    for (const { keyArn } of [source, destination])
      if (this.disabled.has(keyArn)) throw new PremiseBroken('kms.reEncrypt', `${keyArn} is disabled`);
    const sealed = parse(ciphertext);
    if (sealed === undefined) return { kind: 'invalid-ciphertext' };
    const ofContext = sealed.context === canonicalContext(source.context);
    if (keyOf(sealed.keyArn) !== keyOf(source.keyArn))
      return { kind: this.#tellsKey(source, ofContext) ? 'incorrect-key' : 'invalid-ciphertext' };
    if (!ofContext) return { kind: 'invalid-ciphertext' };
    return {
      kind: 're-encrypted',
      ciphertext: this.encrypt(destination.keyArn, sealed.plaintext, destination.context),
      source: { keyArn: source.keyArn, ...this.#material(source, sealed.material) },
      destination: {
        keyArn: destination.keyArn,
        ...this.#material(destination, this.materialOf(destination.keyArn)),
      },
      sourceAlgorithm: source.encryptionAlgorithm,
      destinationAlgorithm: destination.encryptionAlgorithm,
      requestIds: [randomUUID()],
    };
  }

  #tellsKey({ encryptionAlgorithm }: RequestSide, ofContext: boolean): boolean {
    if (encryptionAlgorithm !== 'SYMMETRIC_DEFAULT') return false;
    return this.checksFirst === 'key' || (this.checksFirst === 'context' && ofContext);
  }

  #material({ encryptionAlgorithm }: RequestSide, id: string): { readonly keyMaterialId?: string } {
    return encryptionAlgorithm === 'SYMMETRIC_DEFAULT' && this.namesMaterials ? { keyMaterialId: id } : {};
  }
}

/** All replicas of a multi-Region key, and its primary, count as one key. */
function keyOf(keyArn: string): string {
  return /key\/mrk-/.test(keyArn) ? (keyArn.split('/')[1] ?? '') : keyArn;
}

function parse(ciphertext: Uint8Array): Sealed | undefined {
  try {
    return JSON.parse(Buffer.from(ciphertext).toString('utf8')) as Sealed;
  } catch {
    return undefined;
  }
}

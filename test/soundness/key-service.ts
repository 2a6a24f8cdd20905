import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { KeyMaterial } from '../../lambda/core/model/data-key.ts';
import type { DryRunAnswer, KeyService, ReEncryptAnswer, ReEncryptRequest } from '../../lambda/core/ports.ts';
import type { IndependentKms } from './kms.ts';

/** ReEncrypt behind the product's port, over the suite's own KMS. */
export class KeyServiceOf implements KeyService {
  readonly #kms: IndependentKms;
  #requests = 0;

  constructor(kms: IndependentKms) {
    this.#kms = kms;
  }

  async reEncrypt({ ciphertext, source, destination }: ReEncryptRequest): Promise<ReEncryptAnswer> {
    this.#requests++;
    const kms = this.#kms;
    if (kms.disabled.has(destination.keyArn))
      throw new PremiseBroken('kms.call', `${destination.keyArn} is disabled`);
    const opened = kms.open(ciphertext, source.context, source.keyArn);
    switch (opened.kind) {
      case 'disabled':
        throw new PremiseBroken('kms.call', `${source.keyArn} is disabled`);
      case 'incorrect-key':
        return Promise.resolve({ kind: 'incorrect-key' });
      case 'invalid':
        return Promise.resolve({ kind: 'invalid-ciphertext' });
      case 'opened':
        return Promise.resolve({
          kind: 're-encrypted',
          ciphertext: kms.seal({
            keyArn: destination.keyArn,
            context: destination.context,
            plaintext: opened.plaintext,
          }),
          source: materialOf(source.keyArn, opened.material),
          destination: materialOf(destination.keyArn, kms.materialOf(destination.keyArn)),
          sourceAlgorithm: source.encryptionAlgorithm,
          destinationAlgorithm: destination.encryptionAlgorithm,
          requestIds: [`r-${this.#requests}`],
        });
    }
  }

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    const answer = await this.reEncrypt(request);
    return answer.kind === 're-encrypted' ? { kind: 'would-re-encrypt' } : answer;
  }

  pace(): void {
    // The suite does not simulate time here.
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    const requests = this.#requests;
    this.#requests = 0;
    return { requests, throttled: 0 };
  }
}

function materialOf(keyArn: string, keyMaterialId: string | undefined): KeyMaterial {
  return { keyArn, ...(keyMaterialId !== undefined && { keyMaterialId }) };
}

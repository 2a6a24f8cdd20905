import { DecryptCommand, EncryptCommand, type DecryptCommandOutput } from '@aws-sdk/client-kms';
import { regionOf } from '../core/model/arn.ts';
import type {
  DryRunAnswer,
  KeyService,
  NotReEncrypted,
  ReEncryptAnswer,
  ReEncryptRequest,
} from '../core/ports.ts';
import { nameOf } from './aws-errors.ts';
import type { KmsChannel } from './kms-channel.ts';
import { answerOfError, kmsPremise } from './kms-errors.ts';
import { contextOf, dryRunSucceeded, grantTokens, keyMaterial, KmsKeyService } from './kms.ts';

/**
 * The route decrypt-encrypt: Decrypt in the Region of the source, Encrypt in that of the destination, with the data key
 * in this process in between. The only place in this service that calls either, deployed only where the deployment
 * allows it. Within one Region it is ReEncrypt, as everywhere.
 */
export class PlaintextKeyService implements KeyService {
  readonly #channel: KmsChannel;
  readonly #withinRegion: KmsKeyService;

  constructor(channel: KmsChannel) {
    this.#channel = channel;
    this.#withinRegion = new KmsKeyService(channel);
  }

  pace(requestsPerSecond: number): void {
    this.#channel.setRate(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    return this.#channel.takeUsage();
  }

  async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    const { source, destination } = request;
    if (regionOf(source.keyArn) === regionOf(destination.keyArn))
      return this.#withinRegion.reEncrypt(request);
    let opened: DecryptCommandOutput;
    try {
      opened = await this.#decrypt(request, false);
    } catch (error) {
      return answerOrPremise(`kms:Decrypt with ${source.keyArn}`, error);
    }
    return this.#encrypt(request, opened);
  }

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    const { source, destination } = request;
    if (regionOf(source.keyArn) === regionOf(destination.keyArn))
      return this.#withinRegion.tryReEncrypt(request);
    try {
      await this.#decrypt(request, true);
    } catch (error) {
      return nameOf(error) === 'DryRunOperationException'
        ? { kind: 'would-re-encrypt' }
        : answerOrPremise(`kms:Decrypt with ${source.keyArn}`, error);
    }
    throw dryRunSucceeded();
  }

  async #decrypt({ ciphertext, source }: ReEncryptRequest, dryRun: boolean): Promise<DecryptCommandOutput> {
    const command = new DecryptCommand({
      CiphertextBlob: ciphertext,
      KeyId: source.keyArn,
      EncryptionAlgorithm: source.encryptionAlgorithm,
      ...contextOf('EncryptionContext', source),
      ...grantTokens(this.#channel),
      ...(dryRun && { DryRun: true }),
    });
    return this.#channel.send(source.keyArn, client => client.send(command));
  }

  /** Wipes the plaintext whatever becomes of it. Copies that the SDK made on its way (JSON, base64) are the runtime's. */
  async #encrypt({ destination }: ReEncryptRequest, opened: DecryptCommandOutput): Promise<ReEncryptAnswer> {
    const plaintext = opened.Plaintext ?? new Uint8Array();
    try {
      const command = new EncryptCommand({
        Plaintext: plaintext,
        KeyId: destination.keyArn,
        EncryptionAlgorithm: destination.encryptionAlgorithm,
        ...contextOf('EncryptionContext', destination),
        ...grantTokens(this.#channel),
      });
      const made = await this.#channel.send(destination.keyArn, client => client.send(command));
      return {
        kind: 're-encrypted',
        ciphertext: made.CiphertextBlob ?? new Uint8Array(),
        source: keyMaterial(opened.KeyId, opened.KeyMaterialId),
        // Encrypt does not tell the key material that it used.
        destination: keyMaterial(made.KeyId, undefined),
        sourceAlgorithm: opened.EncryptionAlgorithm ?? '',
        destinationAlgorithm: made.EncryptionAlgorithm ?? '',
        requestIds: [opened.$metadata.requestId ?? '', made.$metadata.requestId ?? ''],
      };
    } catch (error) {
      return answerOrPremise(`kms:Encrypt with ${destination.keyArn}`, error);
    } finally {
      plaintext.fill(0);
    }
  }
}

function answerOrPremise(call: string, error: unknown): NotReEncrypted {
  const answer = answerOfError(error);
  if (answer !== undefined) return answer;
  throw kmsPremise(call, error);
}

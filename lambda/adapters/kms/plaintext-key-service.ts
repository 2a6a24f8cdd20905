import {
  DecryptCommand,
  EncryptCommand,
  type DecryptCommandInput,
  type DecryptCommandOutput,
  type EncryptCommandOutput,
} from '@aws-sdk/client-kms';
import { regionOf } from '../../core/model/arn.ts';
import type {
  DryRunAnswer,
  KeyService,
  NotReEncrypted,
  ReEncryptAnswer,
  ReEncryptRequest,
  RequestSide,
} from '../../core/ports.ts';
import type { KmsChannel } from './channel.ts';
import {
  answerOrPremise,
  contextOf,
  grantTokens,
  keyMaterial,
  KmsKeyService,
  WITHOUT_CIPHERTEXT,
  wouldReEncrypt,
} from './key-service.ts';
import { deniedAnswer, RefusedKeys, type KeyCall } from './refused-keys.ts';

/**
 * The route decrypt-encrypt: Decrypt in the source Region, Encrypt in the destination Region, and in between the data key
 * is in this process. Nothing else in this service calls either, and only a deployment that allows it contains this.
 * Within one Region it uses ReEncrypt, like all other routes.
 */
export class PlaintextKeyService implements KeyService {
  readonly #channel: KmsChannel;
  readonly #withinRegion: KmsKeyService;
  readonly #refused: RefusedKeys;

  constructor(channel: KmsChannel) {
    this.#channel = channel;
    this.#refused = new RefusedKeys(channel);
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
    const opened = await this.#decrypt(request, () => this.#sendDecrypt(request, {}));
    return 'kind' in opened ? opened : this.#encrypt(request, opened);
  }

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    const { source, destination } = request;
    if (regionOf(source.keyArn) === regionOf(destination.keyArn))
      return this.#withinRegion.tryReEncrypt(request);
    return this.#decrypt(request, () => wouldReEncrypt(() => this.#sendDecrypt(request, { DryRun: true })));
  }

  async #decrypt<T>(request: ReEncryptRequest, send: () => Promise<T>): Promise<T | NotReEncrypted> {
    const { keyArn } = request.source;
    const bare = { ...request, source: { ...request.source, context: {} } };
    return this.#ask({
      ...{ name: `kms:Decrypt with ${keyArn}`, keyArns: [keyArn], send },
      rehearse: () => this.#sendDecrypt(request, { DryRun: true }),
      rehearseKeys: contexts => this.#sendDecrypt(contexts === 'own' ? request : bare, WITHOUT_CIPHERTEXT),
    });
  }

  /**
   * Wipes the plaintext whether or not its use succeeds. Copies that the SDK makes (JSON, base64) stay with the runtime.
   */
  async #encrypt({ destination }: ReEncryptRequest, opened: DecryptCommandOutput): Promise<ReEncryptAnswer> {
    const plaintext = opened.Plaintext ?? new Uint8Array();
    const { keyArn } = destination;
    const rehearse = (side: RequestSide): Promise<unknown> => this.#sendEncrypt(side, ANY_PLAINTEXT, true);
    try {
      return await this.#ask({
        ...{ name: `kms:Encrypt with ${keyArn}`, keyArns: [keyArn] },
        send: async () => joined(opened, await this.#sendEncrypt(destination, plaintext)),
        rehearse: () => rehearse(destination),
        rehearseKeys: contexts =>
          rehearse(contexts === 'own' ? destination : { ...destination, context: {} }),
      });
    } finally {
      plaintext.fill(0);
    }
  }

  async #ask<T>(call: KeyCall<T>): Promise<T | NotReEncrypted> {
    try {
      const asked = await this.#refused.ask(call);
      return asked.kind === 'answered' ? asked.answer : deniedAnswer(call.name, asked.error);
    } catch (error) {
      return answerOrPremise(call.name, error);
    }
  }

  async #sendDecrypt(
    { ciphertext, source }: ReEncryptRequest,
    changes: Partial<DecryptCommandInput>,
  ): Promise<DecryptCommandOutput> {
    const command = new DecryptCommand({
      CiphertextBlob: ciphertext,
      KeyId: source.keyArn,
      EncryptionAlgorithm: source.encryptionAlgorithm,
      ...contextOf('EncryptionContext', source),
      ...grantTokens(this.#channel),
      ...changes,
    });
    return this.#channel.send(source.keyArn, client => client.send(command), []);
  }

  async #sendEncrypt(
    side: RequestSide,
    plaintext: Uint8Array,
    dryRun = false,
  ): Promise<EncryptCommandOutput> {
    const command = new EncryptCommand({
      Plaintext: plaintext,
      KeyId: side.keyArn,
      EncryptionAlgorithm: side.encryptionAlgorithm,
      ...contextOf('EncryptionContext', side),
      ...grantTokens(this.#channel),
      ...(dryRun && { DryRun: true }),
    });
    return this.#channel.send(side.keyArn, client => client.send(command), []);
  }
}

/** A plaintext for dry runs, which need one. Never a data key. */
const ANY_PLAINTEXT = Uint8Array.of(0);

function joined(opened: DecryptCommandOutput, made: EncryptCommandOutput): ReEncryptAnswer {
  return {
    kind: 're-encrypted',
    ciphertext: made.CiphertextBlob ?? new Uint8Array(),
    source: keyMaterial(opened.KeyId, opened.KeyMaterialId, opened.EncryptionAlgorithm),
    // The answer of Encrypt does not name the key material.
    destination: keyMaterial(made.KeyId, undefined, made.EncryptionAlgorithm),
    sourceAlgorithm: opened.EncryptionAlgorithm ?? '',
    destinationAlgorithm: made.EncryptionAlgorithm ?? '',
    requestIds: [opened.$metadata.requestId ?? '', made.$metadata.requestId ?? ''],
  };
}

import { Buffer } from 'node:buffer';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { httpTo, type ClientConfig } from '../aws/client-config.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

/** The key that signs the evidence of runs. */
export class EvidenceKey {
  readonly #client: KMSClient;
  readonly #keyArn: string;

  constructor(keyArn: string, config: ClientConfig = {}) {
    this.#keyArn = keyArn;
    this.#client = withNamedCalls(new KMSClient({ requestHandler: httpTo('api'), ...config }), 'kms');
  }

  /** KMS hashes the message itself, so that nobody can have it sign a digest of something else. */
  async sign(message: Uint8Array): Promise<{ readonly keyId: string; readonly signature: Uint8Array }> {
    const { KeyId, Signature } = await this.#client.send(
      new SignCommand({
        KeyId: this.#keyArn,
        Message: message,
        MessageType: 'RAW',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    if (KeyId === undefined || Signature === undefined)
      throw new Error(`KMS has answered Sign with ${this.#keyArn}, and without a signature`);
    return { keyId: KeyId, signature: Signature };
  }

  async publicKey(): Promise<string> {
    const { PublicKey } = await this.#client.send(new GetPublicKeyCommand({ KeyId: this.#keyArn }));
    if (PublicKey === undefined)
      throw new Error(`KMS has answered GetPublicKey with ${this.#keyArn}, and without a key`);
    const lines =
      Buffer.from(PublicKey)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
  }
}

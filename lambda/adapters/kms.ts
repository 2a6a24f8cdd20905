import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeKeyCommand,
  KMSClient,
  ReEncryptCommand,
  type ReEncryptCommandOutput,
} from '@aws-sdk/client-kms';
import type { KeyMaterial } from '../core/model/data-key.ts';
import { PremiseBroken } from '../core/model/errors.ts';
import type { KeyCatalog, KeyLookup, Permission } from '../core/plan/ports.ts';
import type { KeyService, ReEncryptAnswer, ReEncryptRequest } from '../core/ports.ts';
import { Pace } from '../core/reencrypt/pace.ts';
import { isDenied, isThrottling, isTransient, messageOf, nameOf, premise } from './aws-errors.ts';
import type { ClientConfig } from './client-config.ts';

/** With the SDK's back-off (full jitter, doubling, up to 20 s) eight tries ride out more than a minute of throttling. */
const MAX_ATTEMPTS = 8;

/**
 * KMS behind a pace. The pacing sits inside the SDK's retry loop, so that retries, too, keep to the rate,
 * and every request that leaves is counted.
 */
export class KmsKeyService implements KeyService {
  readonly #client: KMSClient;
  readonly #pace = new Pace(1);
  #requests = 0;
  #throttled = 0;

  constructor(config: ClientConfig = {}) {
    this.#client = new KMSClient({ ...config, maxAttempts: MAX_ATTEMPTS });
    this.#client.middlewareStack.add(
      next => async args => {
        const wait = this.#pace.reserve(performance.now());
        if (wait > 0) await sleep(wait);
        this.#requests++;
        try {
          return await next(args);
        } catch (error) {
          if (isThrottling(error)) this.#throttled++;
          throw error;
        }
      },
      { step: 'finalizeRequest', priority: 'low', name: 'kmsRewrapPace' },
    );
  }

  pace(requestsPerSecond: number): void {
    this.#pace.setRate(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    const usage = { requests: this.#requests, throttled: this.#throttled };
    this.#requests = 0;
    this.#throttled = 0;
    return usage;
  }

  async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    try {
      return answerOf(
        await this.#client.send(
          new ReEncryptCommand({
            CiphertextBlob: request.ciphertext,
            SourceKeyId: request.sourceKeyArn,
            SourceEncryptionContext: request.sourceContext,
            SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
            DestinationKeyId: request.destinationKeyArn,
            DestinationEncryptionContext: request.destinationContext,
            DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          }),
        ),
      );
    } catch (error) {
      return answerOfError(error, request);
    }
  }
}

function answerOf(output: ReEncryptCommandOutput): ReEncryptAnswer {
  return {
    kind: 're-encrypted',
    ciphertext: output.CiphertextBlob ?? new Uint8Array(),
    source: keyMaterial(output.SourceKeyId, output.SourceKeyMaterialId),
    destination: keyMaterial(output.KeyId, output.DestinationKeyMaterialId),
    requestId: output.$metadata.requestId ?? '',
  };
}

function keyMaterial(keyArn: string | undefined, keyMaterialId: string | undefined): KeyMaterial {
  return { keyArn: keyArn ?? '', ...(keyMaterialId !== undefined && { keyMaterialId }) };
}

function answerOfError(
  error: unknown,
  { sourceKeyArn, destinationKeyArn }: ReEncryptRequest,
): ReEncryptAnswer {
  switch (nameOf(error)) {
    case 'IncorrectKeyException':
      return { kind: 'incorrect-key' };
    case 'InvalidCiphertextException':
      return { kind: 'invalid-ciphertext' };
  }
  if (isTransient(error))
    return {
      kind: 'unavailable',
      reason: `KMS did not answer within ${MAX_ATTEMPTS} tries: ${nameOf(error)}`,
    };
  throw premise(
    'kms.reEncrypt',
    `kms:ReEncrypt from ${sourceKeyArn} to ${destinationKeyArn}`,
    error,
    cureOf(error),
  );
}

function cureOf(error: unknown): string {
  switch (nameOf(error)) {
    case 'DisabledException':
    case 'KMSInvalidStateException':
      return 'enable the key (or cancel its deletion, or import its material again), then start the job again';
    case 'NotFoundException':
      return 'restore the key or correct the job, then start the job again';
    case 'InvalidKeyUsageException':
      return 'name symmetric keys with the usage ENCRYPT_DECRYPT';
    default:
      return 'allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other key for this role, in its policy and the key policies, then start the job again';
  }
}

/** What Plan asks of KMS. */
export class KmsKeyCatalog implements KeyCatalog {
  readonly #client: KMSClient;

  constructor(config: ClientConfig = {}) {
    this.#client = new KMSClient({ ...config, maxAttempts: MAX_ATTEMPTS });
  }

  async describeKey(reference: string): Promise<KeyLookup> {
    try {
      const { KeyMetadata: key } = await this.#client.send(new DescribeKeyCommand({ KeyId: reference }));
      return {
        kind: 'found',
        key: {
          arn: key?.Arn ?? '',
          state: key?.KeyState ?? 'unknown',
          usage: key?.KeyUsage ?? 'unknown',
          spec: key?.KeySpec ?? 'unknown',
          multiRegion: key?.MultiRegion ?? false,
        },
      };
    } catch (error) {
      if (nameOf(error) === 'NotFoundException') return { kind: 'not-found' };
      if (isDenied(error)) return { kind: 'denied', message: messageOf(error) };
      throw error;
    }
  }

  async mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<Permission> {
    try {
      await this.#client.send(
        new ReEncryptCommand({
          SourceKeyId: sourceKeyArn,
          DestinationKeyId: destinationKeyArn,
          DryRun: true,
          DryRunModifiers: ['IGNORE_CIPHERTEXT'],
        }),
      );
    } catch (error) {
      // A dry run always fails: with this name where the call itself would have succeeded.
      if (nameOf(error) === 'DryRunOperationException') return { kind: 'allowed' };
      if (isTransient(error)) throw error;
      return { kind: 'denied', message: `${nameOf(error)}: ${messageOf(error)}` };
    }
    throw new PremiseBroken(
      'kms.dryRun',
      'kms:ReEncrypt with DryRun did not fail as a dry run must; check the endpoint',
    );
  }
}

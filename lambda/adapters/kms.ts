import {
  ReEncryptCommand,
  type ReEncryptCommandInput,
  type ReEncryptCommandOutput,
} from '@aws-sdk/client-kms';
import { regionOf } from '../core/model/arn.ts';
import type { KeyMaterial } from '../core/model/data-key.ts';
import { PremiseBroken } from '../core/model/errors.ts';
import type {
  DryRunAnswer,
  KeyService,
  NotReEncrypted,
  ReEncryptAnswer,
  ReEncryptRequest,
  RequestSide,
} from '../core/ports.ts';
import { nameOf } from './aws-errors.ts';
import type { KmsChannel } from './kms-channel.ts';
import { answerOfError, kmsPremise } from './kms-errors.ts';

/** ReEncrypt, in the Region of its keys. */
export class KmsKeyService implements KeyService {
  readonly #channel: KmsChannel;

  constructor(channel: KmsChannel) {
    this.#channel = channel;
  }

  pace(requestsPerSecond: number): void {
    this.#channel.setRate(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    return this.#channel.takeUsage();
  }

  async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    try {
      return answerOf(await this.#send(request, {}));
    } catch (error) {
      return answerOrPremise(error, request);
    }
  }

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    try {
      await this.#send(request, { DryRun: true });
    } catch (error) {
      // A dry run always fails: with this name where the call itself would have succeeded.
      return nameOf(error) === 'DryRunOperationException'
        ? { kind: 'would-re-encrypt' }
        : answerOrPremise(error, request);
    }
    throw dryRunSucceeded();
  }

  async #send(
    request: ReEncryptRequest,
    changes: Partial<ReEncryptCommandInput>,
  ): Promise<ReEncryptCommandOutput> {
    const { ciphertext, source, destination } = request;
    if (regionOf(source.keyArn) !== regionOf(destination.keyArn))
      throw new PremiseBroken(
        'kms.twoRegions',
        `${source.keyArn} and ${destination.keyArn} are in two Regions, and ReEncrypt works within one; this is a mistake of kms-rewrap: report it`,
      );
    const input: ReEncryptCommandInput = {
      CiphertextBlob: ciphertext,
      SourceKeyId: source.keyArn,
      SourceEncryptionAlgorithm: source.encryptionAlgorithm,
      ...contextOf('SourceEncryptionContext', source),
      DestinationKeyId: destination.keyArn,
      DestinationEncryptionAlgorithm: destination.encryptionAlgorithm,
      ...contextOf('DestinationEncryptionContext', destination),
      ...grantTokens(this.#channel),
      ...changes,
    };
    return this.#channel.send(source.keyArn, client => client.send(new ReEncryptCommand(input)));
  }
}

/** A context is given whenever a key takes one, empty or not: nothing is left to a default. */
export function contextOf<Member extends string>(
  member: Member,
  { encryptionAlgorithm, context }: RequestSide,
): Partial<Record<Member, Record<string, string>>> {
  return encryptionAlgorithm === 'SYMMETRIC_DEFAULT'
    ? ({ [member]: { ...context } } as Record<Member, Record<string, string>>)
    : {};
}

export function grantTokens({ grantTokens: tokens }: KmsChannel): { GrantTokens?: string[] } {
  return tokens.length === 0 ? {} : { GrantTokens: [...tokens] };
}

export function dryRunSucceeded(): PremiseBroken {
  return new PremiseBroken(
    'kms.dryRun',
    'a KMS request with DryRun did not fail as a dry run must; check the endpoint',
  );
}

function answerOf(output: ReEncryptCommandOutput): ReEncryptAnswer {
  return {
    kind: 're-encrypted',
    ciphertext: output.CiphertextBlob ?? new Uint8Array(),
    source: keyMaterial(output.SourceKeyId, output.SourceKeyMaterialId),
    destination: keyMaterial(output.KeyId, output.DestinationKeyMaterialId),
    sourceAlgorithm: output.SourceEncryptionAlgorithm ?? '',
    destinationAlgorithm: output.DestinationEncryptionAlgorithm ?? '',
    requestIds: [output.$metadata.requestId ?? ''],
  };
}

export function keyMaterial(keyArn: string | undefined, keyMaterialId: string | undefined): KeyMaterial {
  return { keyArn: keyArn ?? '', ...(keyMaterialId !== undefined && { keyMaterialId }) };
}

function answerOrPremise(error: unknown, { source, destination }: ReEncryptRequest): NotReEncrypted {
  if (error instanceof PremiseBroken) throw error;
  const answer = answerOfError(error);
  if (answer !== undefined) return answer;
  throw kmsPremise(`kms:ReEncrypt from ${source.keyArn} to ${destination.keyArn}`, error);
}

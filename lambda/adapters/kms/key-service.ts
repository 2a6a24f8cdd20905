import {
  type DryRunModifierType,
  type ReEncryptCommandInput,
  type ReEncryptCommandOutput,
} from '@aws-sdk/client-kms';
import { regionOf } from '../../core/model/arn.ts';
import type { KeyMaterial } from '../../core/model/data-key.ts';
import { PremiseBroken, RewrapError } from '../../core/model/errors.ts';
import { algorithmBeside } from '../../core/model/key-use.ts';
import type {
  DryRunAnswer,
  KeyService,
  NotReEncrypted,
  ReEncryptAnswer,
  ReEncryptRequest,
  RequestSide,
} from '../../core/ports.ts';
import { nameOf } from '../aws/errors.ts';
import type { KmsChannel } from './channel.ts';
import { answerOfError, dryRunSucceeded, kmsPremise } from './errors.ts';
import { deniedAnswer, RefusedKeys } from './refused-keys.ts';

/** ReEncrypt, in the Region of its keys. */
export class KmsKeyService implements KeyService {
  readonly #channel: KmsChannel;
  readonly #refused: RefusedKeys;

  constructor(channel: KmsChannel) {
    this.#channel = channel;
    this.#refused = new RefusedKeys(channel);
  }

  pace(requestsPerSecond: number): void {
    this.#channel.setRate(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    return this.#channel.takeUsage();
  }

  async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    return this.#ask(request, async () => answerOf(await this.#send(request, {})));
  }

  async tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    return this.#ask(request, () => wouldReEncrypt(() => this.#send(request, { DryRun: true })));
  }

  async #ask<Answer>(
    request: ReEncryptRequest,
    send: () => Promise<Answer>,
  ): Promise<Answer | NotReEncrypted> {
    const { source, destination } = request;
    const name = `kms:ReEncrypt from ${source.keyArn} to ${destination.keyArn}`;
    try {
      const asked = await this.#refused.ask({
        ...{ name, keyArns: [source.keyArn, destination.keyArn], send },
        rehearse: () => this.#send(request, { DryRun: true }),
        rehearseKeys: contexts =>
          this.#send(contexts === 'own' ? request : withoutContexts(request), WITHOUT_CIPHERTEXT),
      });
      return asked.kind === 'answered' ? asked.answer : deniedAnswer(name, asked.error);
    } catch (error) {
      return answerOrPremise(name, error);
    }
  }

  async #send(
    request: ReEncryptRequest,
    changes: Partial<ReEncryptCommandInput>,
  ): Promise<ReEncryptCommandOutput> {
    const { ciphertext, source, destination } = request;
    if (regionOf(source.keyArn) !== regionOf(destination.keyArn))
      throw new PremiseBroken(
        'kms.twoRegions',
        `${source.keyArn} and ${destination.keyArn} are in two Regions, but ReEncrypt works within one; this is a bug in kms-rewrap: please report it`,
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
    return this.#channel.reEncrypt(input);
  }
}

/** A dry run that checks permissions only. */
export const WITHOUT_CIPHERTEXT = {
  CiphertextBlob: undefined,
  DryRun: true,
  DryRunModifiers: ['IGNORE_CIPHERTEXT'] as DryRunModifierType[],
};

function withoutContexts({ ciphertext, source, destination }: ReEncryptRequest): ReEncryptRequest {
  return { ciphertext, source: { ...source, context: {} }, destination: { ...destination, context: {} } };
}

/** A dry run always fails. This name means that the call itself would have succeeded. */
export async function wouldReEncrypt(dryRun: () => Promise<unknown>): Promise<DryRunAnswer> {
  try {
    await dryRun();
  } catch (error) {
    if (nameOf(error) === 'DryRunOperationException') return { kind: 'would-re-encrypt' };
    throw error;
  }
  throw dryRunSucceeded();
}

/** Send a context, even an empty one, whenever the key takes one. Leave nothing to a default. */
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

function answerOf(output: ReEncryptCommandOutput): ReEncryptAnswer {
  return {
    kind: 're-encrypted',
    ciphertext: output.CiphertextBlob ?? new Uint8Array(),
    source: keyMaterial(output.SourceKeyId, output.SourceKeyMaterialId, output.SourceEncryptionAlgorithm),
    destination: keyMaterial(
      output.KeyId,
      output.DestinationKeyMaterialId,
      output.DestinationEncryptionAlgorithm,
    ),
    sourceAlgorithm: output.SourceEncryptionAlgorithm ?? '',
    destinationAlgorithm: output.DestinationEncryptionAlgorithm ?? '',
    requestIds: [output.$metadata.requestId ?? ''],
  };
}

export function keyMaterial(
  keyArn: string | undefined,
  keyMaterialId: string | undefined,
  encryptionAlgorithm: string | undefined,
): KeyMaterial {
  return {
    keyArn: keyArn ?? '',
    ...(keyMaterialId !== undefined && { keyMaterialId }),
    ...algorithmBeside(encryptionAlgorithm),
  };
}

/** Turns an error about one data key into an answer. Throws errors that concern the run. */
export function answerOrPremise(call: string, error: unknown): NotReEncrypted {
  if (error instanceof RewrapError) throw error;
  const answer = answerOfError(error);
  if (answer !== undefined) return answer;
  throw kmsPremise(call, error);
}

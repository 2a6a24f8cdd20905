import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeKeyCommand,
  paginateListKeyRotations,
  ReEncryptCommand,
  type KMSClient,
  type KeyMetadata,
  type RotationsListEntry,
} from '@aws-sdk/client-kms';
import type { KnownKeyMaterial } from '../../core/model/run.ts';
import { isSameKey } from '../../core/model/key-use.ts';
import type { AskedKey, KeyCatalog, KeyDescription, KeyLookup, Permission } from '../../core/keys/catalog.ts';
import { isDenied, isOfIdentity, isTransient, messageOf, nameOf } from '../aws/errors.ts';
import type { KmsChannel } from './channel.ts';
import { dryRunSucceeded } from './errors.ts';
import { grantTokens } from './key-service.ts';
import { patiently } from '../aws/patience.ts';

/** KMS lists rotations only to the key's own account, and only for symmetric keys. */
const NOT_TOLD = new Set([
  'AccessDeniedException',
  'NotFoundException',
  'UnsupportedOperationException',
  'KMSInvalidStateException',
]);

/**
 * How many requests Plan may make in a second: far below the quotas of DescribeKey (2,000) and ListKeyRotations (100).
 */
const RATE = 50;

/** What Plan asks of KMS. */
export class KmsKeyCatalog implements KeyCatalog {
  readonly #channel: KmsChannel;
  readonly #patienceMs: readonly number[];

  /** Waits for a key that the job names by an alias; how many of them are over; keys that were found by an alias. */
  readonly #aliasPatienceMs: readonly number[];
  #aliasWaits = 0;
  readonly #byAlias = new Set<string>();

  constructor(
    channel: KmsChannel,
    patienceMs: readonly number[] = [],
    aliasPatienceMs: readonly number[] = [],
  ) {
    this.#channel = channel;
    this.#patienceMs = patienceMs;
    this.#aliasPatienceMs = aliasPatienceMs;
    channel.setRate(RATE);
  }

  /** A new replica is `Creating` for a while. */
  async describeKey(reference: string, knownBy: readonly string[] = []): Promise<KeyLookup> {
    const named = [reference, ...knownBy].some(name => name.includes(':alias/'));
    const byAlias = named || this.#isByAlias(reference);
    const found = await patiently(
      () => this.#untilAllowed(byAlias, () => this.#describe(reference)),
      lookup => lookup.kind === 'found' && lookup.key.state === 'Creating',
      this.#patienceMs,
    );
    if (byAlias && found.kind === 'found') this.#byAlias.add(found.key.arn);
    return found;
  }

  async mayReEncrypt(source: AskedKey, destination: AskedKey): Promise<Permission> {
    const byAlias = this.#isByAlias(source.keyArn) || this.#isByAlias(destination.keyArn);
    return this.#untilAllowed(byAlias, () => this.#mayReEncrypt(source, destination));
  }

  /** A replica has an alias of its own, by which the roles are granted it. */
  #isByAlias(keyArn: string): boolean {
    return [...this.#byAlias].some(known => isSameKey(known, keyArn));
  }

  /** What is denied by reason of an alias may come to be allowed. All questions share the waits: what is over is over for all. */
  async #untilAllowed<T extends KeyLookup | Permission>(byAlias: boolean, ask: () => Promise<T>): Promise<T> {
    let answer = await ask();
    for (let next = this.#aliasWaits; byAlias && isUnseen(answer); next += 1) {
      const wait = this.#aliasPatienceMs[next];
      if (wait === undefined) return answer;
      await sleep(wait);
      this.#aliasWaits = Math.max(this.#aliasWaits, next + 1);
      answer = await ask();
    }
    return answer;
  }

  async #mayReEncrypt(source: AskedKey, destination: AskedKey): Promise<Permission> {
    const command = new ReEncryptCommand({
      SourceKeyId: source.keyArn,
      SourceEncryptionAlgorithm: source.encryptionAlgorithm,
      DestinationKeyId: destination.keyArn,
      DestinationEncryptionAlgorithm: destination.encryptionAlgorithm,
      DryRun: true,
      DryRunModifiers: ['IGNORE_CIPHERTEXT'],
      ...grantTokens(this.#channel),
    });
    try {
      await this.#channel.send(source.keyArn, client => client.send(command));
    } catch (error) {
      // A dry run always fails. This name means that the call itself would have succeeded.
      if (nameOf(error) === 'DryRunOperationException') return { kind: 'allowed' };
      if (isTransient(error) || isOfIdentity(error)) throw error;
      return { kind: 'denied', name: nameOf(error), message: `${nameOf(error)}: ${messageOf(error)}` };
    }
    throw dryRunSucceeded();
  }

  async keyMaterials(keyArn: string): Promise<readonly KnownKeyMaterial[]> {
    try {
      const entries = await this.#channel.send(keyArn, client => rotationsOf(keyArn, client), []);
      return entries.map(entry => knownMaterial(keyArn, entry));
    } catch (error) {
      if (NOT_TOLD.has(nameOf(error))) return [];
      throw error;
    }
  }

  async #describe(reference: string): Promise<KeyLookup> {
    const command = new DescribeKeyCommand({ KeyId: reference, ...grantTokens(this.#channel) });
    try {
      const { KeyMetadata } = await this.#channel.send(reference, client => client.send(command));
      return { kind: 'found', key: descriptionOf(KeyMetadata) };
    } catch (error) {
      if (nameOf(error) === 'NotFoundException') return { kind: 'not-found' };
      if (isDenied(error)) return { kind: 'denied', name: nameOf(error), message: messageOf(error) };
      throw error;
    }
  }
}

/** Denied, and not for a state of the key: that would not pass. */
function isUnseen(answer: KeyLookup | Permission): boolean {
  return answer.kind === 'denied' && answer.name === 'AccessDeniedException';
}

async function rotationsOf(keyArn: string, client: KMSClient): Promise<readonly RotationsListEntry[]> {
  const entries: RotationsListEntry[] = [];
  const input = { KeyId: keyArn, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' as const };
  for await (const { Rotations } of paginateListKeyRotations({ client }, input))
    entries.push(...(Rotations ?? []));
  return entries;
}

function descriptionOf(key: KeyMetadata | undefined): KeyDescription {
  return {
    arn: key?.Arn ?? '',
    state: key?.KeyState ?? 'unknown',
    usage: key?.KeyUsage ?? 'unknown',
    spec: key?.KeySpec ?? 'unknown',
    multiRegion: key?.MultiRegion ?? false,
    encryptionAlgorithms: key?.EncryptionAlgorithms ?? [],
    ...(key?.CustomKeyStoreId !== undefined && { customKeyStoreId: key.CustomKeyStoreId }),
    ...(key?.KeyManager === 'AWS' && { awsManaged: true as const }),
    ...(key?.CreationDate !== undefined && { createdAt: key.CreationDate.toISOString() }),
  };
}

function knownMaterial(
  keyArn: string,
  { KeyMaterialId, KeyMaterialState, RotationDate, RotationType }: RotationsListEntry,
): KnownKeyMaterial {
  return {
    keyArn,
    keyMaterialId: KeyMaterialId ?? '',
    state: KeyMaterialState ?? 'unknown',
    ...(RotationDate !== undefined && { rotatedAt: RotationDate.toISOString() }),
    ...(RotationType !== undefined && { rotationType: RotationType }),
  };
}

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { materialName } from './ciphertext.ts';
import { expireMaterial } from './imported-material.ts';
import { missing } from './members.ts';
import { newKeyMaterial, type Key, type KeyMaterial, type KeyRing } from './key.ts';

export interface NewKey {
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly multiRegion: boolean;
  readonly customKeyStoreId?: string;
  /** The id that CloudFormation has chosen, because it must know the id before the key exists. */
  readonly keyId?: string;
  readonly description: string;
  readonly policy: string;
  readonly tags: { TagKey: string; TagValue: string }[];
}

/** Times in milliseconds since 1970. */
interface Alias {
  readonly arn: string;
  readonly keyArn: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type NewMember = Omit<Key, 'ring' | 'state' | 'createdAt'>;

/** Ids of keys of one Region, and of multi-Region keys. */
const KEY_ID = /^(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|mrk-[\da-f]{32})$/;

/** How each asymmetric key is made. */
const PAIRS: Readonly<Record<string, () => NonNullable<KeyRing['pair']>>> = {
  RSA_2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RSA_3072: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  RSA_4096: () => generateKeyPairSync('rsa', { modulusLength: 4096 }),
  ECC_NIST_P256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

/**
 * What KMS checks first: the key that the caller names, the context, or neither, in which case everything is invalid. Not
 * documented.
 */
export type ChecksFirst = 'key' | 'context' | 'neither';

/** All keys and aliases of all accounts and Regions. */
export class KeyStore {
  /** Milliseconds since 1970: when imported material expires. */
  readonly now: () => number;
  readonly checksFirst: ChecksFirst;
  readonly #keys = new Map<string, Key>();
  readonly #aliases = new Map<string, Alias>();
  readonly #materials = new Map<string, { readonly ring: KeyRing; readonly material: KeyMaterial }>();

  constructor(now: () => number = Date.now, checksFirst: ChecksFirst = 'key') {
    this.now = now;
    this.checksFirst = checksFirst;
  }

  create({ region, caller }: OperationContext, request: NewKey): Key {
    const keyId =
      request.keyId ?? (request.multiRegion ? `mrk-${randomBytes(16).toString('hex')}` : randomUUID());
    const arn = `arn:aws:kms:${region}:${caller.accountId}:key/${keyId}`;
    const pairOf = PAIRS[request.spec];
    if (pairOf === undefined && request.spec !== 'SYMMETRIC_DEFAULT')
      throw new AwsError(
        'UnsupportedOperationException',
        `the embedded AWS does not make keys of the spec ${request.spec}`,
      );
    const ring: KeyRing = {
      keyId,
      materials: [],
      primaryArn: arn,
      members: [arn],
      ...(pairOf !== undefined && { pair: pairOf() }),
    };
    const key = this.#add(ring, { ...request, arn, region, accountId: caller.accountId, keyId });
    if (pairOf === undefined && request.origin !== 'EXTERNAL') this.addMaterial(key);
    return key;
  }

  /** A related key in another Region: same id, same material. */
  replicate(
    primary: Key,
    region: string,
    { description, policy, tags }: Pick<NewKey, 'description' | 'policy' | 'tags'>,
  ): Key {
    const arn = primary.arn.replace(`:${primary.region}:`, `:${region}:`);
    if (this.#keys.has(arn)) throw new AwsError('AlreadyExistsException', `${arn} already exists`);
    primary.ring.members.push(arn);
    const { accountId, keyId, spec, usage, origin, multiRegion } = primary;
    const own = { arn, region, description, policy, tags };
    return this.#add(primary.ring, { accountId, keyId, spec, usage, origin, multiRegion, ...own });
  }

  #add(ring: KeyRing, from: NewMember): Key {
    const state = from.origin === 'EXTERNAL' && ring.materials.length === 0 ? 'PendingImport' : 'Enabled';
    const key: Key = {
      ...from,
      ring,
      state,
      createdAt: this.now(),
    };
    this.#keys.set(key.arn, key);
    return key;
  }

  addMaterial({ ring, keyId }: Key, secret?: Buffer): KeyMaterial {
    const material = newKeyMaterial(keyId, this.now(), secret);
    ring.materials.push(material);
    this.#materials.set(materialName(material), { ring, material });
    return material;
  }

  /** The ring and material that a ciphertext names; `undefined` if no key here has made it. */
  materialNamed(name: string): { readonly ring: KeyRing; readonly material: KeyMaterial } | undefined {
    return this.#materials.get(name);
  }

  /** The member of a ring in the caller's Region. */
  memberIn(ring: KeyRing, region: string): Key | undefined {
    return ring.members.map(arn => this.#keys.get(arn)).find(key => key?.region === region);
  }

  /** By its ARN. */
  find(arn: string): Key | undefined {
    return this.#keys.get(arn);
  }

  keysOf({ region, caller }: OperationContext): readonly Key[] {
    return [...this.#keys.values()].filter(
      key => key.region === region && key.accountId === caller.accountId,
    );
  }

  keysIn(customKeyStoreId: string): readonly Key[] {
    return [...this.#keys.values()].filter(key => key.customKeyStoreId === customKeyStoreId);
  }

  aliasesOf({ region, caller }: OperationContext): readonly Alias[] {
    const start = `arn:aws:kms:${region}:${caller.accountId}:alias/`;
    return [...this.#aliases.values()].filter(({ arn }) => arn.startsWith(start));
  }

  /** The names of a key's aliases: `alias/NAME`. */
  aliasesTo(keyArn: string): readonly string[] {
    return [...this.#aliases.values()]
      .filter(alias => alias.keyArn === keyArn)
      .map(({ arn }) => arn.split(':')[5] ?? '');
  }

  setAlias(arn: string, keyArn: string): void {
    const updatedAt = this.now();
    const { createdAt = updatedAt } = this.#aliases.get(arn) ?? {};
    this.#aliases.set(arn, { arn, keyArn, createdAt, updatedAt });
  }

  hasAlias(arn: string): boolean {
    return this.#aliases.has(arn);
  }

  deleteAlias(arn: string): boolean {
    return this.#aliases.delete(arn);
  }

  /**
   * A key by id, ARN, alias name or alias ARN, as the caller's Region sees it.
   *
   * @param member that has the reference
   */
  resolve(reference: unknown, { region, caller }: OperationContext, member = 'KeyId'): Key {
    if (typeof reference !== 'string' || reference === '') throw missing(member);
    const isAlias = /^alias\/|^arn:[^/]*:alias\//.test(reference);
    if (!isAlias && !reference.startsWith('arn:') && !KEY_ID.test(reference))
      throw new AwsError('NotFoundException', `Invalid keyId '${reference}'`);
    const arn = reference.startsWith('arn:')
      ? reference
      : `arn:aws:kms:${region}:${caller.accountId}:${isAlias ? '' : 'key/'}${reference}`;
    if (arn.split(':')[3] !== region)
      throw new AwsError('NotFoundException', `Invalid arn ${arn.split(':')[3]}`);
    const keyArn = isAlias ? this.#aliases.get(arn)?.keyArn : arn;
    const key = keyArn === undefined ? undefined : this.#keys.get(keyArn);
    if (key === undefined)
      throw new AwsError(
        'NotFoundException',
        isAlias ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
      );
    expireMaterial(key, this.now());
    return key;
  }
}

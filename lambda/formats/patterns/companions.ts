import { parseKeyReference } from '../../core/model/arn.ts';
import { digest } from '../../core/model/digest.ts';
import { isEncryptionAlgorithm } from '../../core/model/key-use.ts';
import type { AttributePath, StoreRecord } from '../../core/model/record.ts';
import { heldAt, reachIn } from '../../core/places/held-at.ts';
import { isDocumentStep } from '../../core/places/value-at.ts';
import { placeName } from '../place-name.ts';
import type { Beside } from '../spot.ts';
import { typeOf } from '../value-encoding.ts';

/** The places beside one data key. */
export interface Companions {
  readonly keyArn?: AttributePath | undefined;
  readonly encryptionAlgorithm?: AttributePath | undefined;
  readonly sourceDigest?: AttributePath | undefined;
}

/**
 * What is written together with a new data key. In the place of the old data key, an existing key ARN is replaced. In a place
 * of its own, everything that the job names is written. The algorithm is always written, because without it a reader could
 * not recognise an asymmetric key's ciphertext.
 *
 * @param source the old data key, where it stays
 */
export function companions(
  record: StoreRecord,
  { keyArn, encryptionAlgorithm, sourceDigest }: Companions,
  source: Uint8Array | undefined,
): readonly Beside[] {
  const writes = (path: AttributePath | undefined, after: Beside['after']): readonly Beside[] =>
    path === undefined || !hasRoomAt(record, path) ? [] : [{ path, after }];
  const isThere = keyArn !== undefined && heldAt(record, keyArn) !== undefined;
  return [
    ...(source === undefined && !isThere
      ? []
      : writes(keyArn, ({ destination }) => ({ S: destination.keyArn }))),
    ...writes(encryptionAlgorithm, ({ destinationAlgorithm }) => ({ S: destinationAlgorithm })),
    ...(source === undefined ? [] : writes(sourceDigest, () => ({ S: digest(source) }))),
  ];
}

/** A place can be written if it exists or, for new places, if it is a member of a map, or of an object of JSON, that exists. */
export function hasRoomAt(record: StoreRecord, path: AttributePath): boolean {
  if (path.length === 1 || heldAt(record, path) !== undefined) return true;
  const document = path.findLast(isDocumentStep);
  if (isDocumentStep(document) && document.as !== 'json') return false;
  const parent = heldAt(record, path.slice(0, -1));
  return parent !== undefined && 'M' in parent && typeof path.at(-1) === 'string';
}

const COMPANION_KINDS: Readonly<
  Record<keyof Companions, { readonly called: string; readonly fits: (text: string) => boolean }>
> = {
  keyArn: { called: 'the ARN, id or alias of a KMS key', fits: isKeyName },
  encryptionAlgorithm: { called: 'an encryption algorithm of KMS', fits: isEncryptionAlgorithm },
  sourceDigest: { called: 'a SHA-256 in hexadecimal', fits: text => /^[0-9a-f]{64}$/.test(text) },
};

/**
 * Why the companions may not be written: one of their places holds something else than the job says. `undefined` if each
 * place holds a text of the right kind, or nothing.
 */
export function foreignCompanion(record: StoreRecord, companions: Companions): string | undefined {
  for (const [kind, { called, fits }] of Object.entries(COMPANION_KINDS)) {
    const path = companions[kind as keyof Companions];
    if (path === undefined) continue;
    const reached = reachIn(record, path);
    const name = placeName(record, path);
    if (reached.kind === 'closed') return `${name} ${reached.reason}`;
    if (reached.kind === 'nothing') continue;
    const { value } = reached;
    if (!('S' in value)) return `${name} is of type ${typeOf(value)}; the job says that it holds ${called}`;
    if (!fits(value.S)) return `${name} holds a text that is not ${called}, although the job says so`;
  }
  return undefined;
}

const KEY_ID = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const ALIAS_NAME = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

/** Everything that KMS accepts as a key identifier (Developer Guide, "Key identifiers"). */
export function isKeyName(text: string): boolean {
  return parseKeyReference(text) !== undefined || KEY_ID.test(text) || ALIAS_NAME.test(text);
}

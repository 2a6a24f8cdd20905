import { Buffer } from 'node:buffer';
import type { ItemRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { ByteReader } from '../refused/byte-reader.ts';
import { bytesOf } from './attributes.ts';

/** The names that the clients have by default. An application may choose others. */
const DESCRIPTION = '*amzn-ddb-map-desc*';
const SIGNATURE = '*amzn-ddb-map-sig*';

/** An item of the DynamoDB Encryption Client (the library before the Database Encryption SDK). */
export function encryptionClientItem({ attributes }: ItemRecord): Recognised | undefined {
  for (const slot of [DESCRIPTION, ...Object.keys(attributes)]) {
    const bytes = bytesOf(attributes, slot);
    const description = bytes === undefined ? undefined : materialDescription(bytes);
    if (description !== undefined) return ofDescription(slot, description);
  }
  return undefined;
}

function ofDescription(slot: string, description: ReadonlyMap<string, string>): Recognised {
  const wrap = description.get('amzn-ddb-wrap-alg') ?? '';
  if (wrap === 'kms') {
    const elsewhere = slot === DESCRIPTION ? {} : { materialDescription: slot };
    const format = { type: 'dynamodb-encryption-client', ...elsewhere };
    return one(
      { kind: 'named', what: 'dynamodb-encryption-client', slot, format, dataKeys: 1, keyArns: [] },
      slot,
      SIGNATURE,
    );
  }
  return one({ kind: 'refused', slot, keyArns: [], ...otherWrap(description) }, slot, SIGNATURE);
}

function otherWrap(description: ReadonlyMap<string, string>): {
  readonly what: string;
  readonly reason: string;
} {
  if (description.has('amzn-ddb-meta-id'))
    return {
      what: 'dynamodb-encryption-client-metastore',
      reason:
        'is an item of the DynamoDB Encryption Client whose data key a key of a MetaStore wraps; it needs no change: ' +
        'the data key under KMS is in the table of the MetaStore, so re-wrap that one',
    };
  return {
    what: 'dynamodb-encryption-client-raw',
    reason:
      'is an item of the DynamoDB Encryption Client whose data key is not wrapped by KMS but by a key of the application; ' +
      'decrypt it and encrypt it again with the client',
  };
}

const MOST_BYTES = 65_536;
const MOST_NAMES = 100;

/** Names and values, each after its length; `undefined` for bytes that are not all of one description. */
function materialDescription(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  if (bytes.length > MOST_BYTES) return undefined;
  const reader = new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (reader.number(4) !== 0) return undefined;
  const description = new Map<string, string>();
  while (!reader.atEnd && !reader.failed && description.size < MOST_NAMES) {
    const name = reader.text(reader.take(reader.number(4)));
    description.set(name, reader.text(reader.take(reader.number(4))));
  }
  const isClients = [...description.keys()].some(name => name.startsWith('amzn-ddb-'));
  return reader.atEnd && isClients ? description : undefined;
}

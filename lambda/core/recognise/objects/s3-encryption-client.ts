import { parseKeyReference } from '../../model/arn.ts';
import type { ObjectRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { member, parseJson } from '../json-member.ts';
import { HOW_NAMED } from '../questions.ts';

/** Entries of an envelope: of the metadata, or of an instruction file. */
type Envelope = (name: string) => string | undefined;

const INSTRUCTION_FILE = 'x-amz-crypto-instr-file';
const MIXED = 'more than one version of the';

/** The envelope of an object of the S3 Encryption Clients, in its metadata. */
export function envelopeInMetadata({ metadata }: ObjectRecord): Recognised | undefined {
  return ofEnvelope(name => (Object.hasOwn(metadata, name) ? metadata[name] : undefined), {
    slot: 'metadata.',
    data: true,
  });
}

/** An instruction file: a small object that holds the envelope of another one. */
export function instructionFile({ metadata, locator }: ObjectRecord, json: unknown): Recognised | undefined {
  if (!Object.hasOwn(metadata, INSTRUCTION_FILE) && !locator.endsWith('.instruction')) return undefined;
  const entry = (name: string): string | undefined => {
    const value = member(json, name);
    return typeof value === 'string' ? value : undefined;
  };
  return ofEnvelope(entry, { slot: 'body#/', data: false });
}

interface Where {
  readonly slot: string;
  /** The object of the envelope is the encrypted one itself. */
  readonly data: boolean;
}

/** The entry of each version that holds the data key, and those beside it without which it is something else. */
const VERSIONS = [
  { version: 1, key: 'x-amz-key', beside: ['x-amz-iv'], onData: [] },
  { version: 2, key: 'x-amz-key-v2', beside: ['x-amz-iv'], onData: [] },
  { version: 3, key: 'x-amz-3', beside: ['x-amz-w'], onData: ['x-amz-c', 'x-amz-d', 'x-amz-i'] },
] as const;

function ofEnvelope(entry: Envelope, { slot, data }: Where): Recognised | undefined {
  const found = VERSIONS.filter(({ key, beside, onData }) =>
    [key, ...beside, ...(data ? onData : [])].every(name => entry(name) !== undefined),
  );
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  const at = `${slot}${first.key}`;
  const reason =
    others.length > 0 ? `${MIXED} S3 Encryption Client's envelope` : rawWrap(first.version, entry);
  if (reason !== undefined)
    return one({
      kind: 'refused',
      what: 's3-encryption-client-raw',
      slot: at,
      reason: reasonOf(reason),
      keyArns: [],
    });
  const format = { type: 's3-encryption-client' };
  return one({
    kind: 'named',
    what: 's3-encryption-client',
    slot: at,
    format,
    dataKeys: 1,
    keyArns: keyArnsOf(entry),
    ...(!data && { ofAnother: true as const }),
    questions: entry('x-amz-wrap-alg') === 'kms' ? [HOW_NAMED] : [],
  });
}

function reasonOf(what: string): string {
  return what.startsWith(MIXED)
    ? `has ${what}; no client reads that: write the object again with one of them`
    : `is an envelope of the S3 Encryption Client whose data key is wrapped by ${what}, not by KMS; decrypt the object and encrypt it again with the client`;
}

/** The names of algorithms that clients write; others are not repeated. */
const RAW_2 = new Set([
  'AES/GCM',
  'AESWrap',
  'RSA-OAEP-SHA1',
  'RSA/ECB/OAEPWithSHA-256AndMGF1Padding',
  'ECB',
]);
const RAW_3: ReadonlyMap<string | undefined, string> = new Map([
  ['02', 'AES/GCM'],
  ['22', 'RSA-OAEP-SHA1'],
]);

/** Who wraps the data key, if it is not KMS. */
function rawWrap(version: 1 | 2 | 3, entry: Envelope): string | undefined {
  if (version === 1) return 'a key of the application';
  if (version === 3) return entry('x-amz-w') === '12' ? undefined : (RAW_3.get(entry('x-amz-w')) ?? UNKNOWN);
  const wrap = entry('x-amz-wrap-alg');
  if (wrap === 'kms' || wrap === 'kms+context') return undefined;
  return wrap !== undefined && RAW_2.has(wrap) ? wrap : UNKNOWN;
}

const UNKNOWN = 'an algorithm that is not one of KMS';

/** The wrap `kms` names its key in the description. */
function keyArnsOf(entry: Envelope): readonly string[] {
  const named = member(parseJson(entry('x-amz-matdesc') ?? ''), 'kms_cmk_id');
  const key = typeof named === 'string' ? parseKeyReference(named) : undefined;
  return key === undefined ? [] : [key.arn];
}

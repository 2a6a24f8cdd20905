import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../protocol/aws-error.ts';

/** Castagnoli and NVMe polynomials, reflected (S3 user guide, "Checking object integrity"). */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
const CRC64NVME_TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});
/** The halves of 64-bit values: numbers are many times as fast as BigInt. */
const HIGH = Uint32Array.from(CRC64NVME_TABLE, value => Number(value >> 32n));
const LOW = Uint32Array.from(CRC64NVME_TABLE, value => Number(value & 0xffffffffn));

function crc32c(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC32C_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function crc64nvme(bytes: Buffer): Buffer {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (LOW[index] ?? 0);
    high = (high >>> 8) ^ (HIGH[index] ?? 0);
  }
  const out = Buffer.alloc(8);
  out.writeUInt32BE(~high >>> 0);
  out.writeUInt32BE(~low >>> 0, 4);
  return out;
}

const CHECKSUMS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  crc32: bytes => fromNumber(crc32(bytes)),
  crc32c: bytes => fromNumber(crc32c(bytes)),
  crc64nvme,
  sha1: bytes => createHash('sha1').update(bytes).digest(),
  sha256: bytes => createHash('sha256').update(bytes).digest(),
};

function fromNumber(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value >>> 0);
  return out;
}

/** A checksum that is stored with an object or a part. */
export interface Checksum {
  /** In lower case, as in the names of headers. */
  readonly algorithm: string;
  /** `COMPOSITE`: of the checksums of the parts. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  /** Base64. */
  readonly value: () => string;
}

/** The checksum of all bytes. It is computed when it is asked for: few readers do. */
export function fullChecksum(algorithm: string, bytes: Buffer): Checksum {
  const compute = computing(algorithm);
  let known: string | undefined;
  return { algorithm, type: 'FULL_OBJECT', value: () => (known ??= compute(bytes).toString('base64')) };
}

/** The checksum of the checksums of the parts, and how many they are. */
export function compositeChecksum(algorithm: string, parts: readonly Checksum[]): Checksum {
  const all = Buffer.concat(parts.map(part => Buffer.from(part.value(), 'base64')));
  const value = `${computing(algorithm)(all).toString('base64')}-${parts.length}`;
  return { algorithm, type: 'COMPOSITE', value: () => value };
}

function computing(algorithm: string): (bytes: Buffer) => Buffer {
  const compute = CHECKSUMS[algorithm];
  if (compute === undefined)
    throw new AwsError(
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  return compute;
}

/** @throws AwsError for an algorithm that there is not */
export function checkAlgorithm(algorithm: string): void {
  computing(algorithm);
}

/** What S3 computes itself where a writer sends no checksum. */
export const OF_S3 = 'crc64nvme';

/** Verifies every checksum that came with the body, and returns the one to store. */
export function verifyChecksums(
  body: Buffer,
  headers: Readonly<Record<string, string | undefined>>,
): Checksum {
  verifyMd5(body, headers['content-md5']);
  const algorithm = checksumGiven(headers);
  if (algorithm !== undefined) return verified(body, algorithm, headers[HEADER + algorithm] ?? '');
  if (headers['x-amz-sdk-checksum-algorithm'] !== undefined)
    throw new AwsError(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  return fullChecksum(OF_S3, body);
}

const HEADER = 'x-amz-checksum-';

/** The algorithm of the checksum that came with a body. */
export function checksumGiven(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = Object.keys(CHECKSUMS).filter(algorithm => headers[HEADER + algorithm] !== undefined);
  if (given.length > 1)
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  return given[0];
}

function verified(body: Buffer, algorithm: string, given: string): Checksum {
  const stored = fullChecksum(algorithm, body);
  if (!isBase64Of(given, Buffer.from(stored.value(), 'base64').length))
    throw new AwsError('InvalidRequest', `Value for ${HEADER}${algorithm} header is invalid.`);
  if (given === stored.value()) return stored;
  throw new AwsError(
    'BadDigest',
    `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  );
}

const MD5_BYTES = 16;

function verifyMd5(body: Buffer, given: string | undefined): void {
  const digest = createHash('md5').update(body).digest('base64');
  if (given === undefined || given === digest) return;
  if (!isBase64Of(given, MD5_BYTES))
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
      members: { 'Content-MD5': given },
    });
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    members: { ExpectedDigest: given, CalculatedDigest: digest },
  });
}

function isBase64Of(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === text;
}

export function checksumHeaders({ algorithm, type, value }: Checksum): Record<string, string> {
  return { [`x-amz-checksum-${algorithm}`]: value(), 'x-amz-checksum-type': type };
}

export function checksumXml(checksum: Checksum): string {
  return `${checksumValueXml(checksum)}<ChecksumType>${checksum.type}</ChecksumType>`;
}

/** As listings tell of it: of which kind it is, and not its value. */
export function checksumKindXml(checksum: Pick<Checksum, 'algorithm' | 'type'> | undefined): string {
  if (checksum === undefined) return '';
  return `<ChecksumAlgorithm>${checksum.algorithm.toUpperCase()}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType>`;
}

export function checksumValueXml({ algorithm, value }: Checksum): string {
  const name = `Checksum${algorithm.toUpperCase()}`;
  return `<${name}>${value()}</${name}>`;
}

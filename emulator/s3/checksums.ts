import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../protocol/aws-error.ts';

/** Castagnoli and NVMe polynomials, reflected (S3 user guide, "Checking object integrity"). */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
const CRC64NVME_TABLE = BigUint64Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});

function crc32c(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (CRC32C_TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function crc64nvme(bytes: Buffer): bigint {
  let value = 0xffffffffffffffffn;
  for (const byte of bytes)
    value = (CRC64NVME_TABLE[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (value >> 8n);
  return value ^ 0xffffffffffffffffn;
}

const CHECKSUMS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  crc32: bytes => fromNumber(crc32(bytes)),
  crc32c: bytes => fromNumber(crc32c(bytes)),
  crc64nvme: bytes => {
    const out = Buffer.alloc(8);
    out.writeBigUInt64BE(crc64nvme(bytes));
    return out.toString('base64');
  },
  sha1: bytes => createHash('sha1').update(bytes).digest('base64'),
  sha256: bytes => createHash('sha256').update(bytes).digest('base64'),
};

function fromNumber(value: number): string {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value >>> 0);
  return out.toString('base64');
}

/** Verifies every checksum that came with the body, and returns the one to store. */
export function verifyChecksums(
  body: Buffer,
  headers: Readonly<Record<string, string | undefined>>,
): { readonly algorithm: string; readonly value: string } | undefined {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  let stored: { algorithm: string; value: string } | undefined;
  for (const [algorithm, checksum] of Object.entries(CHECKSUMS)) {
    const given = headers[`x-amz-checksum-${algorithm}`];
    if (given === undefined) continue;
    if (given !== checksum(body))
      throw new AwsError(
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    stored = { algorithm, value: given };
  }
  return stored;
}

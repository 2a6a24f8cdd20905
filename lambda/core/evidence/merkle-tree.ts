import { Buffer } from 'node:buffer';
import { createHash, hash } from 'node:crypto';

/** RFC 6962, section 2.1: a leaf can never be taken for a node. */
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

/** The Merkle tree hash (RFC 6962) of a list, in hex. */
export function merkleRoot(leaves: readonly string[]): string {
  return rootOf(leaves.map(leaf => sha256(LEAF, Buffer.from(leaf)))).toString('hex');
}

function rootOf(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (first === undefined) return Buffer.from(hash('sha256', '', 'hex'), 'hex');
  if (hashes.length === 1) return first;
  // The largest power of two that is smaller than the number of leaves.
  const left = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  return sha256(NODE, rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left)));
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const made = createHash('sha256');
  for (const part of parts) made.update(part);
  return made.digest();
}

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { recogniseStore, type StoreRecognition } from '../../lambda/core/recognise/recognise-store.ts';
import type { AttributeMap, AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { NEW_DESTINATION } from './bound.ts';
import { item, object } from './builders.ts';

/** Bytes that begin as ciphertexts of KMS do. */
export const blob = (seed: string): Buffer =>
  Buffer.concat([
    Buffer.from('01020200788e', 'hex'),
    ...[0, 1, 2, 3, 4].map(part => createHash('sha256').update(`${seed} ${part}`).digest()),
  ]);
export const B = (seed: string): AttributeValue => ({ B: blob(seed) });
export const S = (text: string): AttributeValue => ({ S: text });
export const base64 = (seed: string): string => blob(seed).toString('base64');

export const ofItems = (items: readonly AttributeMap[]): StoreRecognition =>
  recogniseStore(items.map((attributes, index) => ({ record: item(`item ${index}`, attributes) })));
export const ofBodies = (bodies: readonly (string | Uint8Array)[]): StoreRecognition =>
  recogniseStore(bodies.map((body, index) => ({ record: object(`${index}`, {}), body: Buffer.from(body) })));
export const proposed = ({ conclusion }: StoreRecognition): unknown =>
  conclusion.kind === 'one-format' ? conclusion.format : conclusion;

/** The ciphertexts that a format reads in a record as the proposal configures it. */
export function ciphertextsBy(type: string, config: unknown, record: StoreRecord): readonly unknown[] {
  const configured = formats.get(type)?.configure(formats.get(type)?.configSchema.parse(config), 'Orders');
  const bound = configured?.bind(NEW_DESTINATION);
  return (bound?.read(record) ?? []).map(finding =>
    'ciphertext' in finding ? Buffer.from(finding.ciphertext ?? []) : finding,
  );
}

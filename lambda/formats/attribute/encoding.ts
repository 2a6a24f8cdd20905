import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../../core/model/record.ts';
import { ciphertextFromBase64, ciphertextFromBytes, type ReadCiphertext } from '../ciphertext.ts';
import type { AttributeConfig } from './config.ts';

type Encoding = AttributeConfig['encoding'];

/** The ciphertext in an attribute value, or what is wrong with the value. */
export function decode(value: AttributeValue, encoding: Encoding): ReadCiphertext {
  switch (encoding) {
    case 'binary':
      return 'B' in value
        ? ciphertextFromBytes(value.B)
        : { reason: `is of type ${typeOf(value)}; the job says binary, type B` };
    case 'base64':
      return 'S' in value
        ? ciphertextFromBase64(value.S)
        : { reason: `is of type ${typeOf(value)}; the job says base64, type S` };
  }
}

export function encode(ciphertext: Uint8Array, encoding: Encoding): AttributeValue {
  switch (encoding) {
    case 'binary':
      return { B: ciphertext };
    case 'base64':
      return { S: Buffer.from(ciphertext).toString('base64') };
  }
}

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? 'unknown';
}

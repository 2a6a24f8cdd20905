import { Buffer } from 'node:buffer';
import {
  ReEncrypt$,
  ReEncryptCommand,
  type ReEncryptCommandInput,
  type ReEncryptResponse,
} from '@aws-sdk/client-kms';
import { jsonOperation } from '../aws/json-operation.ts';

/** ReEncrypt as the AWS JSON 1.1 protocol has it: binary in base64, all else as it is (KMS API Reference, ReEncrypt). */
export const RE_ENCRYPT = jsonOperation<ReEncryptCommandInput, ReEncryptResponse>({
  ...{ name: 'ReEncrypt', service: 'kms', target: 'TrentService', version: '1.1' },
  schema: ReEncrypt$,
  endpoint: () => ReEncryptCommand.getEndpointParameterInstructions(),
  write: ({ CiphertextBlob, ...input }) =>
    JSON.stringify({
      ...input,
      ...(CiphertextBlob !== undefined && { CiphertextBlob: Buffer.from(CiphertextBlob).toString('base64') }),
    }),
  // Which key, material and algorithm it names is KMS's to say: the reply is checked against what was asked.
  read: json => {
    const answer = json as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = { CiphertextBlob: bytes(answer['CiphertextBlob']) };
    for (const name of TOLD) if (typeof answer[name] === 'string') read[name] = answer[name];
    return read;
  },
});

const TOLD: readonly (keyof ReEncryptResponse)[] = [
  'SourceKeyId',
  'SourceEncryptionAlgorithm',
  'SourceKeyMaterialId',
  'KeyId',
  'DestinationEncryptionAlgorithm',
  'DestinationKeyMaterialId',
];

/** Node reads as far as it can, so what it has read is compared. */
function bytes(base64: unknown): Uint8Array {
  const read = Buffer.from(base64 as string, 'base64');
  if (read.length === 0 || read.toString('base64') !== base64) throw new TypeError('no bytes in base64');
  return read;
}

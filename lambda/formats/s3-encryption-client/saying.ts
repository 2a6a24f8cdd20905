import type { ConfiguredFormat } from '../../core/model/format.ts';
import type { S3EncryptionClientConfig } from './config.ts';
import { INSTRUCTIONS, isInstructionFile, METADATA } from './fields.ts';
import { KEY_ID } from './key-id.ts';
import { descriptionPath } from './kms-spot.ts';
import { keyIdRemarks } from './remarks.ts';

/** What the format says of a bucket before anything is read. */
export function saying(config: S3EncryptionClientConfig): Omit<ConfiguredFormat, 'bind'> {
  const { extraContext, instructionSuffixes } = config;
  const changing = [METADATA, INSTRUCTIONS].flatMap(at => [
    [...at, 'x-amz-key-v2'],
    [...at, 'x-amz-3'],
    descriptionPath(at),
  ]);
  return {
    identity: 'x-amz-key-v2',
    keepsSource: false,
    needs: ['body'],
    needsBodyOf: object => isInstructionFile(object, instructionSuffixes),
    contextNames: {
      source: [KEY_ID, 'aws:x-amz-cek-alg', ...Object.keys(extraContext ?? {})],
      templates: extraContext === undefined ? 1 : 2,
    },
    declared: changing,
    beside: [METADATA, INSTRUCTIONS].map(at => ({ place: descriptionPath(at) })),
    problems: [],
    remarks: records => keyIdRemarks(records, config),
  };
}

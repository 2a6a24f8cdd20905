import type { ObjectRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import { s3EncryptionClientConfig } from './config.ts';
import { saying } from './saying.ts';
import { spotsOf } from './spots.ts';

/** Data keys of the Amazon S3 Encryption Clients, versions 1 to 3, in metadata and in instruction files. */
export const s3EncryptionClientFormat = formatOfSpots<
  ReturnType<typeof s3EncryptionClientConfig>,
  ObjectRecord
>({
  name: 's3-encryption-client',
  records: ['object'],
  // Its readers give KMS an encryption context, which asymmetric keys do not take.
  asymmetric: false,
  config: s3EncryptionClientConfig,
  configure: config => ({
    saying: saying(config),
    spots: (record, destination) => spotsOf(record, { config, destination }),
  }),
});

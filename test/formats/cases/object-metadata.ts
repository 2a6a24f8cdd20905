import { objectMetadataFormat } from '../../../lambda/formats/object-metadata/index.ts';
import { object, OLD_KEY } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const edk = Buffer.alloc(184, 1).toString('base64url');

export const cases: readonly FormatCase[] = [
  {
    title: 'a metadata entry with a key ARN',
    definition: objectMetadataFormat,
    config: {
      type: 'object-metadata',
      ...{ dataKey: 'edk', encoding: 'base64url-unpadded', keyArn: 'kid' },
      encryptionContext: { path: { objectKey: true }, tenant: { metadata: 'tenant' } },
    },
    record: object('a', { edk, kid: OLD_KEY, tenant: 't', other: 'x' }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [object('b', { edk: 'not base64!', tenant: 't' }), object('c', { edk })],
    without: [object('d', { tenant: 't' }), object('e', { edk: '', tenant: 't' })],
  },
];

import { objectBodyFormat } from '../../../lambda/formats/object-body/index.ts';
import { object, OLD_KEY } from '../../support/builders.ts';
import type { ObjectRecord } from '../../../lambda/core/model/record.ts';
import type { FormatCase } from '../format-case.ts';

const edk = Buffer.alloc(184, 1);
const body = (B: Uint8Array | string, metadata: Readonly<Record<string, string>> = {}): ObjectRecord => {
  const bytes = Buffer.from(B);
  return { ...object('a', metadata), body: { B: bytes }, size: bytes.length };
};
const lines = (width: number, lineEnd: string): string =>
  edk.toString('base64').replace(new RegExp(`.{1,${width}}`, 'g'), `$&${lineEnd}`);
const encryptionContext = { path: { objectKey: true }, tenant: { metadata: 'tenant' } };

export const cases: readonly FormatCase[] = [
  {
    title: 'the bytes that KMS returned, and a key ARN in the metadata',
    definition: objectBodyFormat,
    config: { type: 'object-body', keyArn: 'kid', encryptionContext },
    record: body(edk, { kid: OLD_KEY, tenant: 't' }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      body(Buffer.alloc(7_000), { tenant: 't' }),
      body(edk),
      { ...object('a', { tenant: 't' }), size: 1_000_000 },
      { ...object('a', { tenant: 't' }), body: { unread: { reason: 'is archived', blocked: true } } },
    ],
    without: [body('', { tenant: 't' })],
  },
  ...[
    ['one line', edk.toString('base64')],
    ['one line with its end', `${edk.toString('base64')}\n`],
    ['lines of 64 characters, as openssl writes it', lines(64, '\n')],
    ['lines of 76 characters, as base64 and MIME write it', lines(76, '\r\n')],
  ].map(([title, text]) => ({
    title: `base64 in ${title}`,
    definition: objectBodyFormat,
    config: { type: 'object-body', encoding: 'base64' },
    record: body(text ?? ''),
    dataKeys: 1,
    inDoubt: [body('not base64!'), body('AAAA\nAA\nAAAA\n')],
    without: [body('')],
  })),
];

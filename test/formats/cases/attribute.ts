import { attributeFormat } from '../../../lambda/formats/attribute/index.ts';
import { item, OLD_KEY } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const edk = (byte: number): { readonly B: Uint8Array } => ({ B: Buffer.alloc(184, byte) });

export const cases: readonly FormatCase[] = [
  {
    title: 'one binary attribute with a key ARN',
    definition: attributeFormat,
    config: {
      type: 'attribute',
      ...{ dataKey: 'edk', keyArn: 'kid', version: 'v' },
      encryptionContext: { tenant: { attribute: 'tenant' }, key: { attribute: 'kid' } },
    },
    record: item('a', { edk: edk(1), kid: { S: OLD_KEY }, tenant: { S: 't' }, other: { S: 'x' } }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      item('b', { edk: { S: 'text' }, kid: { S: OLD_KEY }, tenant: { S: 't' } }),
      item('c', { edk: edk(1), kid: { S: OLD_KEY } }),
    ],
    without: [item('d', { tenant: { S: 't' } }), item('e', { edk: { NULL: true } })],
  },
  {
    title: 'several data keys in lists and maps, each with its own key ARN and context',
    definition: attributeFormat,
    config: {
      type: 'attribute',
      ...{ dataKey: 'keys[*].edk', encoding: 'base64', keyArn: 'keys[*].kid' },
      encryptionContext: { name: { attribute: 'keys[*].name' }, index: { wildcard: 1 } },
    },
    record: item('a', {
      keys: {
        L: [1, 2, 3].map(byte => ({
          M: {
            edk: { S: Buffer.alloc(184, byte).toString('base64') },
            ...{ kid: { S: OLD_KEY }, name: { S: `n${byte}` }, other: { BOOL: true } },
          },
        })),
      },
    }),
    dataKeys: 3,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      item('b', {
        keys: { L: [{ M: { edk: { S: 'not base64!' }, kid: { S: OLD_KEY }, name: { S: 'n' } } }] },
      }),
    ],
    without: [item('c', { keys: { L: [] } }), item('d', { keys: { S: 'x' } })],
  },
];

import { readFileSync } from 'node:fs';
import type { ObjectRecord } from '../../../lambda/core/model/record.ts';
import { sopsFormat } from '../../../lambda/formats/sops/index.ts';
import { object } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

interface Vectors {
  readonly version: string;
  readonly buckets: Readonly<Record<string, Readonly<Record<string, { readonly body: string }>>>>;
}

function vectors(): Vectors {
  const file = new URL('../../vectors/sops-3.13.2.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Vectors;
}

export function fileOfSops(key: string, body: Uint8Array | string): ObjectRecord {
  const B = typeof body === 'string' ? Buffer.from(body) : body;
  return { ...object(key, { owner: 'x' }), size: B.length, body: { B } };
}

const { version, buckets } = vectors();

/** What SOPS has written, by the name of the file. */
export const SOPS_FILES: ReadonlyMap<string, string> = new Map(
  Object.entries(buckets['sops-files'] ?? {}).map(([name, { body }]) => [
    name,
    Buffer.from(body, 'base64').toString(),
  ]),
);

const WITHOUT: readonly ObjectRecord[] = [
  fileOfSops('empty', ''),
  fileOfSops('plain.yaml', 'db:\n  password: secret # of sops\nsops: false\n'),
  fileOfSops('plain.env', 'NAME=value\nsops_home=/opt/sops\n'),
  fileOfSops('image', Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x80])),
];

/** The same file, damaged in ways that leave a data key behind. */
function damaged(name: string, text: string): readonly ObjectRecord[] {
  return [
    text.slice(0, text.indexOf('AQICAH') + 9),
    text.replaceAll('AQICAH', '?QICAH'),
    text.replaceAll('AQICAH', 'QICAH'),
    text.replace(/(version\W{1,80}?)3\.13\.2/, '$14.0.0'),
    text.replaceAll(/(version\W{1,80}?)3\.13\.2/g, '$1three'),
  ].map(body => fileOfSops(name, body));
}

/** Every layout, key groups, contexts, several keys, aliases. */
const PLAYED =
  /^(?:groups-context\/app\.(?:env|ini)|groups-context\/config\.(?:json|yaml)|context\/.*|two-keys\/blob.bin|alias\/.*)$/;

export const cases: readonly FormatCase[] = [...SOPS_FILES]
  .filter(([name]) => PLAYED.test(name))
  .map(([name, text]) => ({
    title: `${name}, as SOPS ${version} writes it`,
    definition: sopsFormat,
    config: { type: 'sops' },
    record: fileOfSops(name, text),
    dataKeys: text.split('AQICAH').length - 1,
    recordedKeyArn: /arn:aws:kms:[\w:/-]+/.exec(text)![0],
    inDoubt: damaged(name, text),
    without: WITHOUT,
  }));

import type { DataKey, Finding } from '../../lambda/core/model/data-key.ts';
import type { Destination } from '../../lambda/core/model/format.ts';
import type { ObjectRecord } from '../../lambda/core/model/record.ts';
import { changed } from '../../lambda/core/places/changed.ts';
import { sopsFormat } from '../../lambda/formats/sops/index.ts';
import { fileOfSops, SOPS_FILES } from '../formats/cases/sops.ts';
import { bound, NEW_DESTINATION } from '../support/bound.ts';
import { FOREIGN_KEY, NEW_KEY, OLD_KEY } from '../support/builders.ts';

const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/sops';
const ENC = Buffer.alloc(184, 1).toString('base64');
const FRESH = Buffer.alloc(190, 7);
const format = bound(sopsFormat, { type: 'sops' });

function found(text: string, with_ = format): readonly Finding[] {
  return with_.read(fileOfSops('secret', text));
}

function dataKeys(text: string): readonly DataKey[] {
  return found(text).filter((one): one is DataKey => one.kind === 'data-key');
}

/** The file with the data keys at these slots moved. */
function moved(
  text: string,
  destination: Destination = NEW_DESTINATION,
  only = (_: number): boolean => true,
) {
  const to = bound(sopsFormat, { type: 'sops' }, destination);
  const file = fileOfSops('secret', text);
  const replacements = to.read(file).flatMap(({ slot }, index) =>
    only(index)
      ? [
          {
            ...{ slot, ciphertext: FRESH, destination: { keyArn: destination.keyArn } },
            destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const,
          },
        ]
      : [],
  );
  return bodyText(changed(file, to.replace(file, replacements)));
}

function bodyText({ body }: ObjectRecord): string {
  return body !== undefined && 'B' in body ? Buffer.from(body.B).toString() : '';
}

const yaml = (entries: string, more = ''): string =>
  `# kept\na: ENC[AES256_GCM,data:x]\nsops:\n    kms:\n${entries}    lastmodified: "2026-01-01T00:00:00Z"\n    mac: ENC[AES256_GCM,data:y]\n${more}`;
const entry = (fields = '', arn = OLD_KEY): string =>
  `        - enc: ${ENC}\n          created_at: "2025-01-01T00:00:00Z"\n${fields}          arn: ${arn} # whose\n`;

describe('the context of an entry of SOPS', () => {
  it.each([
    ['', {}],
    ['          context: {}\n', {}],
    ['          context: null\n', {}],
    [
      '          context:\n            App: a b\n            "__proto__": "1"\n',
      { App: 'a b', ['__proto__']: '1' },
    ],
  ])('is taken from the file as it is: %j', (fields, context) => {
    const [one] = dataKeys(yaml(entry(fields)));
    expect(Object.entries(one!.contexts[0]!.source)).toEqual(Object.entries(context));
    expect(one!.contexts[0]!.destination).toEqual(one!.contexts[0]!.source);
    expect(one!.readerContexts).toEqual([one!.contexts[0]!.source]);
  });

  it.each([
    '          context: text\n',
    '          context:\n            n: 1\n',
    '          context: &a {}\n',
  ])('is in doubt if readers may differ about it: %j', fields =>
    expect(found(yaml(entry(fields)))).toMatchObject([{ kind: 'unreadable' }]),
  );

  it('has line breaks where dotenv and INI have a backslash and an n', () => {
    const value = 'first\\nsecond';
    const names = (prefix: string, equals: string): string =>
      [
        ['arn', OLD_KEY],
        ['context__map_k', value],
        ['enc', ENC],
        ['created_at', '2025-01-01T00:00:00Z'],
      ]
        .map(([name, text]) => `${prefix}kms__list_0__map_${name}${equals}${text}\n`)
        .join('');
    for (const text of [`A=b\n${names('sops_', '=')}`, `[a]\nb = c\n\n[sops]\n${names('', ' = ')}`])
      expect(dataKeys(text)[0]!.readerContexts).toEqual([{ k: 'first\nsecond' }]);
  });
});

describe('a data key of SOPS', () => {
  it('changes together with arn and created_at, wherever they stand, and nothing else does', () => {
    const text = yaml(entry() + entry('', FOREIGN_KEY), '    pgp: []\r\n');
    expect(moved(text, NEW_DESTINATION, index => index === 0)).toBe(
      text
        .replace(ENC, FRESH.toString('base64'))
        .replace('"2025-01-01T00:00:00Z"', '"2026-11-01T00:00:00Z"')
        .replace(OLD_KEY, NEW_KEY),
    );
  });

  it('keeps an alias that the job names its destination by, and no other', () => {
    const text = yaml(entry('', ALIAS));
    expect(moved(text)).toContain(`arn: ${NEW_KEY} # whose`);
    expect(moved(text, { ...NEW_DESTINATION, alsoKnownAs: [ALIAS] })).toContain(`arn: ${ALIAS} # whose`);
  });

  it('is moved in each document of a YAML stream', () => {
    const text = `${yaml(entry())}---\n${yaml(entry())}`;
    expect(found(text).map(({ kind }) => kind)).toEqual(['data-key', 'data-key']);
    expect(moved(text).split(FRESH.toString('base64'))).toHaveLength(3);
  });

  it('is found at every index of dotenv and INI', () => {
    const lines = (indexes: readonly number[]): string =>
      indexes
        .map(at => `sops_kms__list_${at}__map_arn=${OLD_KEY}\nsops_kms__list_${at}__map_enc=${ENC}\n`)
        .join('');
    expect(dataKeys(lines([11, 2, 10, 31]))).toHaveLength(4);
    expect(found(lines([32]))).toMatchObject([{ kind: 'unsupported' }]);
  });

  it('is in doubt in a form that SOPS does not write', () => {
    const doubtful = [
      yaml(entry().replace(ENC, `${ENC}=`)),
      yaml(entry().replace(ENC, '[1]')),
      yaml(entry().replace(ENC, '12')),
      yaml(entry().replace('- enc', '- &a\n          enc')),
      yaml(entry().replace('        - enc', '        - enc: x\n          enc')),
      yaml(`        one: two\n`),
      yaml('        - text\n'),
      yaml(entry(), '    version: 4.0.0\n'),
      yaml(entry(), '    version: new\n'),
      `${yaml(entry())}b: [`,
      `A=b\nsops_kms__list_0__map_enc__map_x=${ENC}\nsops_mac=x\n`,
      `A=b\nsops_kms__list_00__map_enc=${ENC}\nsops_mac=x\n`,
      `{"a":"ENC[AES256_GCM,data:x]"}`,
    ];
    for (const text of doubtful)
      expect(found(text).map(({ kind }) => kind)).toContainEqual(
        expect.stringMatching(/un(?:readable|supported)/),
      );
  });

  it('is in doubt in a body that begins as JSON and is none, even if it can be read as YAML', () => {
    const json = (arn: string): string =>
      JSON.stringify({ sops: { kms: [{ arn, created_at: '', enc: ENC }], mac: 'm' } });
    const text = json(OLD_KEY).replace(':key/', '\t:key/');
    expect(dataKeys(json(OLD_KEY))).toHaveLength(1);
    for (const one of [text, `\ufeff\n ${text}`])
      expect(found(one)).toMatchObject([
        { kind: 'unreadable', reason: expect.stringMatching(/read as json/) as string },
      ]);
  });

  it('is not moved if its entry names no key', () => {
    expect(found(yaml(entry().replace(/ {10}arn.*\n/, '')))).toMatchObject([{ kind: 'unsupported' }]);
  });
});

describe('a file without entries of KMS', () => {
  it.each([
    yaml('').replace('    kms:\n', '    kms: []\n    age:\n        - enc: x\n          recipient: y\n'),
    '{"data":"ENC[AES256_GCM,data:x]","sops":{"kms":null,"pgp":[{"enc":"x","fp":"y"}],"mac":"m"}}',
    'A=b\nsops_age__list_0__map_enc=x\nsops_mac=y\n',
    'sops: {}\n',
    'no file of sops: at all',
  ])('has no data key: %j', text => expect(found(text)).toEqual([]));
});

describe('the job', () => {
  it('says which objects are read, and in which layout', () => {
    const { needsBodyOf } = sopsFormat.configure({ type: 'sops', suffixes: ['.enc.yaml'] });
    expect(['a.enc.yaml', 'a.yaml'].map(key => needsBodyOf?.(fileOfSops(key, 'x')))).toEqual([true, false]);
    const text = SOPS_FILES.get('plain/app.env')!;
    const only = (layout: string) =>
      found(text, bound(sopsFormat, { type: 'sops', layout })).map(({ kind }) => kind);
    expect([only('dotenv'), only('yaml')]).toEqual([['data-key'], ['unreadable']]);
  });
});

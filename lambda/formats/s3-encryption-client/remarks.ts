import type { StoreRecord } from '../../core/model/record.ts';
import type { S3EncryptionClientConfig } from './config.ts';
import { descriptionOf } from './description.ts';
import { fieldOf, INSTRUCTIONS, METADATA, type Envelope } from './fields.ts';
import { KEY_ID } from './key-id.ts';

/** What an operator should know of data keys whose description names their key. */
export function keyIdRemarks(
  records: readonly StoreRecord[],
  { kmsKeyId }: S3EncryptionClientConfig,
): readonly string[] {
  const ids = records.flatMap(record =>
    record.kind !== 'object'
      ? []
      : [METADATA, INSTRUCTIONS].flatMap(at => keyIdIn({ record, at }) ?? []).slice(0, 1),
  );
  const aliases = ids.filter(id => id.startsWith('alias/') || id.includes(':alias/')).length;
  const others = ids.length - aliases;
  const of = `of the first ${records.length.toLocaleString('en-US')} objects`;
  const named = (count: number): string =>
    `${count.toLocaleString('en-US')} ${of} name their key in x-amz-matdesc (${KEY_ID}, wrapping algorithm kms)`;
  if (kmsKeyId !== 'as-written')
    return ids.length === 0 ? [] : [`${named(ids.length)}: ${writes(WORDS[kmsKeyId] ?? kmsKeyId)}`];
  return [
    ...(others === 0 ? [] : [`${named(others)} by its ARN or id: ${writes('the same form of the new key')}`]),
    ...(aliases === 0
      ? []
      : [
          `${named(aliases)} by an alias, which a run leaves as it is: readers that decrypt with that alias must have it pointed at the destination key; to have another name there, write "kmsKeyId"`,
        ]),
  ];
}

const WORDS: Readonly<Record<string, string>> = {
  arn: 'the ARN of the new key',
  id: 'the id of the new key',
};

function writes(what: string): string {
  return `a run writes ${what} there, and into the encryption context; readers that compare it with what they are configured with (C++, Java V2 of SDK 1) open an object only before or only after its change, so configure them anew when the run is over; "kmsKeyId" says in which form`;
}

function keyIdIn(envelope: Envelope): string | undefined {
  const wrapping = fieldOf(envelope, 'x-amz-wrap-alg');
  if (wrapping === undefined || !('S' in wrapping) || wrapping.S !== 'kms') return undefined;
  const description = descriptionOf(envelope, 'x-amz-matdesc');
  const [reading = {}] = description.kind === 'description' ? description.readings : [];
  return Object.hasOwn(reading, KEY_ID) ? reading[KEY_ID] : undefined;
}

import type { Replacement } from '../../core/model/format.ts';
import { heldAt, type DataKeyPlace } from '../../core/model/place.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { companions } from '../companions.ts';
import { decodeText, encodeText } from '../text-encoding.ts';
import type { ObjectMetadataConfig } from './config.ts';
import { entry } from './read.ts';

/** Writes a new data key and its companions where the job wants them, provided everything they replace is unchanged. */
export function replace(
  object: ObjectRecord,
  config: ObjectMetadataConfig,
  replacements: readonly Replacement[],
): readonly DataKeyPlace[] {
  const { dataKey, writeTo, encoding } = config;
  const [replacement] = replacements;
  const old = entry(object, dataKey);
  if (replacement === undefined || old === undefined)
    throw new TypeError(`nothing to replace at metadata ${dataKey} of ${object.locator}`);
  const name = writeTo?.dataKey ?? dataKey;
  const source = writeTo === undefined ? undefined : decodeText(old, encoding);
  const beside = companions(
    writeTo ?? { keyArn: config.keyArn, encryptionAlgorithm: config.encryptionAlgorithm },
    replacement,
    source !== undefined && 'ciphertext' in source ? source.ciphertext : undefined,
  ).filter(({ place, onlyIfThere }) => !onlyIfThere || entry(object, place) !== undefined);
  const text = encodeText(replacement.ciphertext, encoding, entry(object, name) ?? old);
  const slots = [replacement.slot];
  const change = (at: string, after: string, role: DataKeyPlace['role']): DataKeyPlace => ({
    path: [at],
    before: heldAt(object, [at]),
    after: { S: after },
    role,
    slots,
  });
  return [
    ...(writeTo === undefined ? [] : [change(dataKey, old, 'condition')]),
    change(name, text, 'data-key'),
    ...beside.map(one => change(one.place, one.text, 'companion')),
  ];
}

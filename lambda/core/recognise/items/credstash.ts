import type { ItemRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { attribute, textOf } from './attributes.ts';

/** A secret as credstash (Python) and nodecredstash write it: the HMAC is binary with one, a text with the other. */
export function credstashSecret({ attributes }: ItemRecord): Recognised | undefined {
  const texts = ['name', 'version', 'key', 'contents'].map(name => textOf(attributes, name));
  const hmac = attribute(attributes, 'hmac');
  if (texts.includes(undefined) || hmac === undefined || !('B' in hmac || 'S' in hmac)) return undefined;
  return one(
    {
      kind: 'named',
      what: 'credstash',
      slot: 'key',
      format: { type: 'credstash' },
      dataKeys: 1,
      keyArns: [],
    },
    'key',
    'contents',
    'hmac',
  );
}

import type { AttributeValue } from '../model/record.ts';

/**
 * YAML 1.1 and 1.2 read some plain scalars differently: `no`, `0777`, `1_000`, `12:30`, dates. Only what both read alike is
 * a number, a boolean or null here; all else is the text that is written.
 */
export function plainValue(text: string): AttributeValue {
  if (/^(?:~|null|Null|NULL)$/.test(text)) return { NULL: true };
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) return { BOOL: /^t/i.test(text) };
  return isPlainNumber(text) ? { N: text } : { S: text };
}

export function isPlainNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][-+]\d+)?)?$/.test(text);
}

/** Whether every reader takes this text for itself if it is written without quotes, in any place. */
export function isPlainText(text: string): boolean {
  return PLAIN.test(text) && !/:(?: |$)/.test(text) && !SOMETHING_ELSE.test(text);
}

const PLAIN = /^[A-Za-z0-9/+._][A-Za-z0-9/+._=@:-]*(?: [A-Za-z0-9/+._=@:-]+)*$/;
/** Null, booleans, numbers in all their forms, times and dates, of YAML 1.1 as well as 1.2. */
const SOMETHING_ELSE =
  /^(?:null|true|false|yes|no|on|off|y|n|[-+]?\.(?:inf|nan)|[-+.\d][-+.\d_:a-fox tz]*)$/i;

import { parseKeyReference } from '../../core/model/arn.ts';
import { isKeyName } from '../patterns/companions.ts';

/** The name of the member of a description that names the key. */
export const KEY_ID = 'kms_cmk_id';

/**
 * What a description says once its data key is under the new key, in the form that it has or in one that the job names. An
 * alias stays: it is a name that the application has, and that its owner points at another key.
 */
export function keyIdAfter(before: string, keyArn: string, form: string): string {
  switch (form) {
    case 'arn':
      return keyArn;
    case 'id':
      return idOf(keyArn);
    case 'as-written': {
      const reference = parseKeyReference(before);
      if (reference?.kind === 'key') return keyArn;
      return reference === undefined && isKeyName(before) && !before.startsWith('alias/')
        ? idOf(keyArn)
        : before;
    }
    default:
      return form;
  }
}

function idOf(keyArn: string): string {
  const reference = parseKeyReference(keyArn);
  if (reference?.kind !== 'key') throw new TypeError(`not the ARN of a KMS key: ${keyArn}`);
  return reference.keyId;
}

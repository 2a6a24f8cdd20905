import { parseKeyReference } from '../../core/model/arn.ts';
import type { EncryptionContext } from '../../core/model/encryption-context.ts';
import type { Destination } from '../../core/model/format.ts';
import type { AttributePath } from '../../core/model/record.ts';
import type { BuiltContexts } from '../context-template.ts';
import { isKeyName } from '../patterns/companions.ts';
import type { Beside, Spot } from '../spot.ts';
import { valueEncoding } from '../value-encoding.ts';
import type { S3EncryptionClientConfig } from './config.ts';
import { renamed, unchanged } from './contexts.ts';
import { descriptionOf, type Description } from './description.ts';
import { fieldOf, type Envelope } from './fields.ts';
import { KEY_ID, keyIdAfter } from './key-id.ts';

interface OfOne {
  readonly config: S3EncryptionClientConfig;
  readonly destination: Destination;
  /** The field that holds the data key. */
  readonly name: 'x-amz-key-v2' | 'x-amz-3';
  readonly wrapping: 'kms' | 'kms+context';
}

const BASE64 = valueEncoding('base64');

/** A data key that KMS has encrypted. */
export function kmsSpot(envelope: Envelope, of: OfOne): Spot {
  const { name, wrapping } = of;
  const field = name === 'x-amz-3' ? 'x-amz-t' : 'x-amz-matdesc';
  const description = descriptionOf(envelope, field);
  return {
    kind: 'spot',
    path: [...envelope.at, name],
    value: fieldOf(envelope, name) ?? { NULL: true },
    encoding: BASE64,
    ...(wrapping === 'kms' && description.kind === 'description'
      ? namingKey(description, { ...of, at: descriptionPath(envelope.at) })
      : { contexts: contextsOf(description), beside: [] }),
  };
}

/** The place in a description that names the key. */
export function descriptionPath(envelope: AttributePath): AttributePath {
  return [...envelope, 'x-amz-matdesc', { as: 'json' }, KEY_ID];
}

function contextsOf(description: Description): BuiltContexts {
  return description.kind === 'description'
    ? unchanged(description.readings)
    : { kind: 'missing', reason: `encryption context cannot be built: ${description.reason}` };
}

const ENCODED =
  'its x-amz-matdesc is not US-ASCII, and a run cannot change the key id (kms_cmk_id) in the form that S3 shows; read the object with the S3 Encryption Client and write it anew, or let the key id be an alias that stays';

/** What is particular to the wrapping algorithm kms: the description, and with it the context, names the key. */
function namingKey(
  { readings, encoded }: Extract<Description, { kind: 'description' }>,
  { config, destination, at }: OfOne & { readonly at: AttributePath },
): Pick<Spot, 'contexts' | 'beside' | 'recordedKeyArn' | 'unwritable'> {
  const before = keyIdIn(readings[0] ?? {});
  const after = (context: EncryptionContext): EncryptionContext => {
    const named = keyIdIn(context);
    return named === undefined
      ? context
      : { ...context, [KEY_ID]: keyIdAfter(named, destination.keyArn, config.kmsKeyId) };
  };
  const beside: readonly Beside[] =
    before === undefined || encoded
      ? []
      : [{ path: at, after: ({ destination: { keyArn } }) => textAfter(before, keyArn, config.kmsKeyId) }];
  const changes = before !== undefined && keyIdAfter(before, destination.keyArn, config.kmsKeyId) !== before;
  return {
    contexts: renamed({ readings, extra: config.extraContext, after }),
    beside,
    recordedKeyArn: before !== undefined && namesKeyItself(before) ? before : undefined,
    unwritable: encoded && changes ? ENCODED : undefined,
  };
}

function textAfter(before: string, keyArn: string, form: string): { readonly S: string } | undefined {
  const after = keyIdAfter(before, keyArn, form);
  return after === before ? undefined : { S: after };
}

function keyIdIn(context: EncryptionContext): string | undefined {
  return Object.hasOwn(context, KEY_ID) ? context[KEY_ID] : undefined;
}

/** An alias says nothing of the key: it stays where it is, and its owner points it at another key. */
function namesKeyItself(text: string): boolean {
  return parseKeyReference(text)?.kind !== 'alias' && !text.startsWith('alias/') && isKeyName(text);
}

import type { EncryptionContext } from '../model/encryption-context.ts';
import type { EventCaller, EventKey, KmsEvent, RecordRead } from './kms-event.ts';
import { recordSchema, type EventRecord } from './record-schema.ts';

const KMS = 'kms.amazonaws.com';

/**
 * Operations on keys that use none of them. Whatever is not among them counts as a use, an operation that is new as well. So does
 * GetPublicKey: whoever has the public half encrypts without asking KMS.
 */
const USES_NO_KEY =
  /^(?:Cancel|Connect|Create|Delete|Describe|Disable|Disconnect|Enable|Get(?!PublicKey)|Import|List|Put|Replicate|Retire|Revoke|Rotate|Schedule|Synchronize|Tag|Untag|Update|GenerateRandom)/;

/** Reads one event record of a CloudTrail log file. It never throws, whatever the record is. */
export function readRecord(record: unknown): RecordRead {
  if (typeof record !== 'object' || record === null || !('eventSource' in record))
    return { kind: 'unreadable' };
  if (record.eventSource !== KMS)
    return { kind: typeof record.eventSource === 'string' ? 'other' : 'unreadable' };
  if ('eventCategory' in record && record.eventCategory === 'Insight') return { kind: 'other' };
  const parsed = recordSchema().safeParse(record);
  if (!parsed.success) return { kind: 'unreadable' };
  if (USES_NO_KEY.test(parsed.data.eventName)) return { kind: 'of-kms' };
  const event = eventOf(parsed.data);
  return event === undefined ? { kind: 'unreadable' } : { kind: 'use', event };
}

function eventOf(record: EventRecord): KmsEvent | undefined {
  const at = Date.parse(record.eventTime);
  if (Number.isNaN(at)) return undefined;
  const { requestID, sharedEventID, recipientAccountId, errorCode } = record;
  return {
    ...{ eventId: record.eventID, at, region: record.awsRegion },
    ...(requestID && { requestId: requestID }),
    ...(sharedEventID && { sharedEventId: sharedEventID }),
    ...(recipientAccountId && { account: recipientAccountId }),
    ...(errorCode && { errorCode }),
    caller: callerOf(record),
    keys: record.eventName === 'ReEncrypt' ? keysOfReEncrypt(record) : keysOf(record),
  };
}

function callerOf({ userIdentity, sourceIPAddress, userAgent }: EventRecord): EventCaller {
  const { type, arn, principalId, accountId, invokedBy, sessionContext } = userIdentity;
  const issuer = sessionContext?.sessionIssuer?.arn;
  const session = /^arn:[^:]+:sts::\d+:(?:assumed-role\/.+|federated-user)\/([^/]+)$/.exec(arn ?? '')?.[1];
  const unnamed =
    type === 'AWSService'
      ? (invokedBy ?? 'a service of AWS')
      : `${accountId ? `account ${accountId}` : 'an unknown account'}${principalId ? ` (${principalId.split(':')[0]})` : ''}`;
  return {
    principal: issuer || roleOf(arn ?? '') || unnamed,
    ...(session !== undefined && { session }),
    ...(invokedBy && type !== 'AWSService' && { via: invokedBy }),
    ...(sourceIPAddress && { address: sourceIPAddress }),
    ...(userAgent && { userAgent }),
  };
}

/** Without an issuer, the role of a session under the name that its ARN tells, which leaves out the role's path. */
function roleOf(arn: string): string {
  const [, start, account, role] = /^(arn:[^:]+:)sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role === undefined ? arn : `${start}iam::${account}:role/${role}`;
}

function keysOf(record: EventRecord): readonly EventKey[] {
  const { eventName: action, requestParameters, resources, additionalEventData, errorMessage } = record;
  const keyMaterialId = additionalEventData?.keyMaterialId;
  const found = keysIn(resources);
  const named = requestParameters?.keyId ?? keyInWords(errorMessage);
  const references = found.length > 0 ? found : named ? [named] : [];
  return references.map(reference => ({
    ...{ action, reference, context: contextIn(requestParameters?.encryptionContext) },
    ...(keyMaterialId && { keyMaterialId }),
  }));
}

/** A call that names no key, as Decrypt may, and fails: the key may stand in the words of the error alone. */
function keyInWords(words: string | null | undefined): string | undefined {
  return /\barn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-z-]+/.exec(words ?? '')?.[0];
}

/** `resources` has the source first, then the destination; one alone if they are the same key, or if KMS knew one alone. */
function keysOfReEncrypt(record: EventRecord): readonly EventKey[] {
  const { requestParameters: asked, resources, additionalEventData: more, errorCode } = record;
  const [first, second] = keysIn(resources);
  const isDestination = first !== undefined && first === asked?.destinationKeyId;
  const from = errorCode && second === undefined && isDestination ? undefined : first;
  const to = second ?? (errorCode ? undefined : first);
  const source = from ?? asked?.sourceKeyId ?? keyInWords(record.errorMessage);
  const destination = to ?? asked?.destinationKeyId;
  return [
    ...(source
      ? [side('ReEncryptFrom', source, asked?.sourceEncryptionContext, more?.sourceKeyMaterialId)]
      : []),
    ...(destination
      ? [
          side(
            'ReEncryptTo',
            destination,
            asked?.destinationEncryptionContext,
            more?.destinationKeyMaterialId,
          ),
        ]
      : []),
  ];
}

function side(
  action: string,
  reference: string,
  context: unknown,
  material: string | null | undefined,
): EventKey {
  return { action, reference, context: contextIn(context), ...(material && { keyMaterialId: material }) };
}

function keysIn(resources: EventRecord['resources']): readonly string[] {
  return (resources ?? []).flatMap(({ ARN }) => (ARN && ARN.includes(':key/') ? [ARN] : []));
}

function contextIn(value: unknown): EncryptionContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (typeof member === 'string' ? [[name, member]] : [])),
  );
}

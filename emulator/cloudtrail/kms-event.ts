import type { KmsCall } from '../kms/told-calls.ts';
import type { Caller } from '../protocol/request.ts';

export interface TrailEvent {
  readonly recipientAccountId: string;
  readonly awsRegion: string;
  readonly [field: string]: unknown;
}

type Input = Readonly<Record<string, unknown>>;

/** KMS leaves these out of its entries, beside all ciphertexts and plaintexts (KMS developer guide, logging with CloudTrail). */
const OMITTED =
  /^(?:Plaintext|CiphertextBlob|GrantTokens|Message|Signature|ImportToken|EncryptedKeyMaterial)$/;

/** Operations that change nothing, by CloudTrail's account. */
const READ_ONLY =
  /^(?:Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateRandom|GenerateMac|Sign|Verify|Describe|Get|List)/;

/**
 * The entries of one call: one for the caller's account and, if the key is another account's, one for that account, which
 * then share an id. If access is denied, the owner of the key gets none (KMS developer guide).
 */
export function eventsOf(call: KmsCall, sharedEventId: () => string): readonly TrailEvent[] {
  const { at, error, keyArns, eventId } = call;
  const own = eventOf(call, at.caller.accountId);
  const owners = new Set(keyArns.map(arn => arn.split(':')[4] ?? ''));
  owners.delete(at.caller.accountId);
  if (owners.size === 0 || error?.code === 'AccessDeniedException') return [{ ...own, eventID: eventId }];
  const shared = { sharedEventID: sharedEventId() };
  return [
    { ...own, eventID: eventId, ...shared },
    ...[...owners].map(owner => ({ ...eventOf(call, owner), eventID: sharedEventId(), ...shared })),
  ];
}

function eventOf(call: KmsCall, recipientAccountId: string): TrailEvent {
  const { operation, at, error, keyArns, invokedBy, time } = call;
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(at.caller, recipientAccountId, invokedBy),
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: 'kms.amazonaws.com',
    eventName: operation,
    awsRegion: at.region,
    sourceIPAddress: invokedBy ?? '127.0.0.1',
    userAgent: invokedBy ?? 'loopback',
    ...(error !== undefined && { errorCode: loggedCode(error.code), errorMessage: error.message }),
    requestParameters: parametersOf(call.input),
    responseElements: null,
    ...additional(call),
    requestID: at.requestId,
    readOnly: READ_ONLY.test(operation),
    ...(keyArns.length > 0 && { resources: keyArns.map(resourceOf) }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId,
    eventCategory: 'Management',
  };
}

/** Entries have `AccessDenied` where the answer has `AccessDeniedException`. */
function loggedCode(code: string): string {
  return code === 'AccessDeniedException' ? 'AccessDenied' : code;
}

function resourceOf(ARN: string): object {
  return { accountId: ARN.split(':')[4], type: 'AWS::KMS::Key', ARN };
}

/** The owner of a key learns the account of a caller from elsewhere, and not its name. */
function identityOf({ arn, accountId }: Caller, recipient: string, invokedBy: string | undefined): object {
  const through = invokedBy === undefined ? {} : { invokedBy };
  const [, name = ''] = /^[^:]+:[^:]+:[^:]*:[^:]*:[^:]*:(?:[^/]+\/)*([^/]*)$/.exec(arn) ?? [];
  const principalId = `EXAMPLE${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
  if (recipient !== accountId) return { type: 'AWSAccount', principalId, accountId, ...through };
  if (!arn.includes(':role/'))
    return { type: 'IAMUser', principalId, arn, accountId, userName: name, ...through };
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:session`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/session`,
    accountId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId, arn, accountId, userName: name },
      attributes: { mfaAuthenticated: 'false' },
    },
    ...through,
  };
}

function parametersOf(input: Input): Input | null {
  const shown = Object.entries(input).filter(([name]) => !OMITTED.test(name));
  if (shown.length === 0) return null;
  return Object.fromEntries(
    shown.map(([name, value]) => [`${name[0]?.toLowerCase()}${name.slice(1)}`, value]),
  );
}

function additional({ output = {} }: KmsCall): object {
  const { KeyMaterialId, SourceKeyMaterialId, DestinationKeyMaterialId } = output;
  const materials = {
    ...(KeyMaterialId !== undefined && { keyMaterialId: KeyMaterialId }),
    ...(SourceKeyMaterialId !== undefined && { sourceKeyMaterialId: SourceKeyMaterialId }),
    ...(DestinationKeyMaterialId !== undefined && { destinationKeyMaterialId: DestinationKeyMaterialId }),
  };
  return Object.keys(materials).length === 0 ? {} : { additionalEventData: materials };
}

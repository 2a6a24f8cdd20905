import type { EncryptionContext } from '../model/encryption-context.ts';

/** Who called KMS, as CloudTrail names them. */
export interface EventCaller {
  /** The ARN of a role, user or root; where CloudTrail tells none, the account or the service, in words. */
  readonly principal: string;
  /** The name of a role's session: often that of a function, an instance or a person. */
  readonly session?: string;
  /** The service that called for the principal: `s3.amazonaws.com` for server-side encryption. */
  readonly via?: string;
  readonly address?: string;
  readonly userAgent?: string;
}

/** A key that a call was about, under the name of the IAM action: of ReEncrypt, `ReEncryptFrom` and `ReEncryptTo`. */
export interface EventKey {
  readonly action: string;
  /** An ARN; where KMS has not said which key it was, what the caller wrote: an id, an alias or the ARN of either. */
  readonly reference: string;
  readonly context: EncryptionContext;
  readonly keyMaterialId?: string;
}

/** One call of KMS that uses keys, in a log file of CloudTrail. */
export interface KmsEvent {
  readonly eventId: string;
  /** As KMS has told it to the caller. */
  readonly requestId?: string;
  /** The same call in the trail of another account has the same. */
  readonly sharedEventId?: string;
  /** Milliseconds since 1970. CloudTrail writes whole seconds. */
  readonly at: number;
  readonly region: string;
  /** The account in whose trail it is. */
  readonly account?: string;
  readonly caller: EventCaller;
  readonly keys: readonly EventKey[];
  /** Absent if the call succeeded. */
  readonly errorCode?: string;
}

export type RecordRead =
  | { readonly kind: 'use'; readonly event: KmsEvent }
  /** A call of KMS that uses no key, such as DescribeKey. */
  | { readonly kind: 'of-kms' }
  | { readonly kind: 'other' }
  /** It may be a call of KMS, and is not as CloudTrail documents it. */
  | { readonly kind: 'unreadable' };

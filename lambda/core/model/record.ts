import type { DocumentStep } from './document-step.ts';

/** A DynamoDB attribute value, in the shape of the DynamoDB API. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly M: AttributeMap }
  | { readonly L: readonly AttributeValue[] }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] };

export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/** The body of an object. Its other places begin with the name of a metadata entry. */
export interface BodyStep {
  readonly part: 'body';
}

/** An annotation of an object: a text with a name, which S3 keeps beside the object. */
export interface AnnotationStep {
  readonly part: 'annotation';
  readonly name: string;
}

/** The name of a map member, the index of a list element, the body or an annotation of an object, or a document that a value contains. */
export type PathStep = string | number | BodyStep | AnnotationStep | DocumentStep;

/** Where a value of a record is, from the outside in. */
export type AttributePath = readonly PathStep[];

export interface ItemRecord {
  readonly kind: 'item';
  /** The primary key as compact JSON: what reports and the journal call this record. */
  readonly locator: string;
  readonly key: AttributeMap;
  readonly attributes: AttributeMap;
  /** Why DynamoDB does not return this item. `attributes` are then those of its key only. */
  readonly hidden?: string;
  readonly absent?: Absent;
}

/**
 * The record is not in the store that is written to. Its source is shown instead, and writing it creates it.
 * `refused`: why the job does not create it.
 */
interface Absent {
  readonly refused?: string;
}

/** Headers that a metadata-replacing copy loses unless they are sent again (CopyObject, MetadataDirective). */
export interface ObjectHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
}

/** What S3 keeps an object version from being deleted by. */
export interface ObjectLock {
  readonly mode?: string;
  /** Milliseconds since 1970. */
  readonly retainUntil?: number;
  readonly legalHold?: boolean;
  /** Until an event, and then for so many days or years. */
  readonly eventHold?: { readonly on: boolean; readonly days?: number; readonly years?: number };
}

/** `unread`: why it was not read, although the format needs it. `blocked`: that can change. */
export type ObjectBody =
  { readonly B: Uint8Array } | { readonly unread: { readonly reason: string; readonly blocked?: true } };

export interface ObjectRecord {
  readonly kind: 'object';
  /** What reports and the journal call this record: the object key; of a noncurrent version, with the id of the version. */
  readonly locator: string;
  /** The object key, where the locator is not just that. */
  readonly key?: string;
  readonly etag: string;
  /** Milliseconds since 1970, whole seconds: S3 gives no more. */
  readonly lastModified: number;
  /** The second of `lastModified` was over when the record was read, so a later change will show a later time. */
  readonly settled: boolean;
  /** Bytes. */
  readonly size: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Read only if an encryption context is made of them, because they cost a request of their own. */
  readonly tags?: Readonly<Record<string, string>>;
  /** By name. Read only if a format names them, because each costs a request of its own. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The object may have annotations that a sample did not read: too many, too large, or not shown to the caller. */
  readonly annotationsUnread?: true;
  /** Read only if a format needs it. */
  readonly body?: ObjectBody;
  readonly headers: ObjectHeaders;
  readonly storageClass?: string;
  readonly encryption?: {
    readonly algorithm: string;
    readonly kmsKeyId?: string;
    readonly bucketKey?: boolean;
  };
  readonly lock?: ObjectLock;
  /** Why S3 would refuse to copy this object onto itself; absent when it would not. */
  readonly blocked?: string;
  /** Why S3 does not show this object's metadata; what lies in it is then unknown. */
  readonly hidden?: string;
  readonly absent?: Absent;
}

export type StoreRecord = ItemRecord | ObjectRecord;

export function objectKeyOf({ key, locator }: ObjectRecord): string {
  return key ?? locator;
}

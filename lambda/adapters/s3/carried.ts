import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type HeadObjectCommandOutput,
  type S3Client,
  type Tag,
} from '@aws-sdk/client-s3';
import { RewrapError } from '../../core/model/errors.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { busyOf } from '../aws/busy.ts';
import { isTransient, nameOf, refusalWords } from '../aws/errors.ts';
import type { GrantHeaders } from './object-grants.ts';
import type { ObjectReads } from './object-reads.ts';
import { ended, type Step, type WriteCalls } from './write-calls.ts';

/** All of an object that a copy in parts does not take along by itself. */
export interface Carried {
  readonly object: ObjectRecord;
  /** As the header that an upload takes. */
  readonly tagging: string;
  readonly annotated: boolean;
  readonly grants: GrantHeaders;
}

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64. */
  readonly value: string;
}

/** Reads large objects as a copy in parts needs them: as a whole, and at both of its ends. */
export class CarriedReads {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #reads: ObjectReads;
  readonly #calls: WriteCalls;

  constructor(
    client: S3Client,
    {
      bucket,
      reads,
      calls,
    }: { readonly bucket: string; readonly reads: ObjectReads; readonly calls: WriteCalls },
  ) {
    this.#client = client;
    this.#bucket = bucket;
    this.#reads = reads;
    this.#calls = calls;
  }

  async look(key: string): Promise<Step<Carried>> {
    const head = await passing(() => this.#reads.head(key));
    if (head.kind === 'ended') return head;
    if (head.answer === undefined) return ended({ kind: 'precondition-failed' });
    const grants = await passing(() => this.#reads.grants(key));
    if (grants.kind === 'ended') return grants;
    if (grants.answer.kind === 'gone') return ended({ kind: 'precondition-failed' });
    if (grants.answer.kind === 'refused')
      return ended({ kind: 'blocked', reason: refusalWords('s3:GetObjectAcl', grants.answer.error) });
    const tags = await this.#tags(key);
    if (tags.kind === 'ended') return tags;
    const annotated = await this.#calls.ask('s3:ListObjectAnnotations', key, () => this.isAnnotated(key));
    if (annotated.kind === 'ended') return annotated;
    const object = { ...head.answer, settled: true };
    const carried = { object, tagging: tagging(tags.answer), annotated: annotated.answer };
    return { kind: 'answered', answer: { ...carried, grants: grants.answer.answer } };
  }

  /** Absent where the object has none: those of before 2025 may have none. To show it, S3 decrypts the object. */
  async checksum({ locator: key, etag }: ObjectRecord): Promise<Step<Checksum | undefined>> {
    const asked = { Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' } as const;
    const head = await this.#calls.ask('s3:HeadObject', key, () =>
      this.#reads.identified(key, () => this.#client.send(new HeadObjectCommand(asked))),
    );
    if (head.kind === 'ended') return head;
    if (head.answer.ETag !== etag) return ended({ kind: 'precondition-failed' });
    return { kind: 'answered', answer: checksumOf(head.answer) };
  }

  async #tags(Key: string): Promise<Step<readonly Tag[]>> {
    return this.#calls.ask('s3:GetObjectTagging', Key, async () => {
      const { TagSet } = await this.#client.send(new GetObjectTaggingCommand({ Bucket: this.#bucket, Key }));
      return TagSet ?? [];
    });
  }

  async isAnnotated(Key: string): Promise<boolean> {
    try {
      const { Annotations = [] } = await this.#client.send(
        new ListObjectAnnotationsCommand({ Bucket: this.#bucket, Key, MaxAnnotationResults: 1 }),
      );
      return Annotations.length > 0;
    } catch (error) {
      // Where S3 has no annotations, no object has any.
      if (nameOf(error) === 'NotImplemented') return false;
      throw error;
    }
  }
}

/** The answer, unless S3 has none for the moment. */
async function passing<T>(ask: () => Promise<T>): Promise<Step<T>> {
  try {
    return { kind: 'answered', answer: await ask() };
  } catch (error) {
    const busy = busyOf(error);
    if (error instanceof RewrapError || (busy === undefined && !isTransient(error))) throw error;
    const reason = `S3 did not show the object: ${nameOf(error)}`;
    return ended({ kind: 'unavailable', reason, ...(busy !== undefined && { busy }) });
  }
}

/** In the encoding of a query, in which a blank has no second meaning. */
function tagging(tags: readonly Tag[]): string {
  return tags
    .map(({ Key = '', Value = '' }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`)
    .sort()
    .join('&');
}

/** S3 keeps one checksum with an object. */
const ALGORITHMS = [
  'CRC64NVME',
  'CRC32',
  'CRC32C',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const satisfies readonly ChecksumAlgorithm[];

function checksumOf(head: HeadObjectCommandOutput): Checksum | undefined {
  for (const algorithm of ALGORITHMS) {
    const value = head[`Checksum${algorithm}`];
    if (value === undefined) continue;
    return {
      algorithm,
      value,
      type: head.ChecksumType ?? (/-\d+$/.test(value) ? 'COMPOSITE' : 'FULL_OBJECT'),
    };
  }
  return undefined;
}

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CopyObjectCommandInput,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectRecord } from '../../core/model/record.ts';
import type { Part } from '../../core/stores/s3/copy-in-parts.ts';
import type { Carried, CarriedReads, Checksum } from './carried.ts';
import type { Step, WriteCalls } from './write-calls.ts';

export interface PartsCopy {
  /** The source, as it was read. */
  readonly object: ObjectRecord;
  /** The one request that would copy it, if it were smaller. */
  readonly copy: CopyObjectCommandInput;
  /** Reads it again. */
  readonly source: CarriedReads;
}

/** The requests of one upload, which makes what one CopyObject would make. */
export class Upload {
  readonly #client: S3Client;
  readonly #calls: WriteCalls;
  readonly #asked: PartsCopy;
  readonly #checksum: Checksum | undefined;
  #id: string | undefined;

  constructor(
    client: S3Client,
    {
      calls,
      asked,
      checksum,
    }: {
      readonly calls: WriteCalls;
      readonly asked: PartsCopy;
      readonly checksum: Checksum | undefined;
    },
  ) {
    this.#client = client;
    this.#calls = calls;
    this.#asked = asked;
    this.#checksum = checksum;
  }

  async begin(carried: Carried): Promise<Step<unknown>> {
    const upload = uploadInput(this.#asked.copy, { carried, checksum: this.#checksum });
    const begun = await this.#ask('s3:CreateMultipartUpload', () =>
      this.#client.send(new CreateMultipartUploadCommand(upload)),
    );
    if (begun.kind === 'answered') this.#id = begun.answer.UploadId;
    return begun;
  }

  /** `CopySourceIfMatch` keeps all parts to the bytes that were read. */
  copyPart({ number, first, last }: Part, abortSignal: AbortSignal): Promise<Step<CompletedPart>> {
    const { copy, object } = this.#asked;
    const command = new UploadPartCopyCommand({
      ...this.#place,
      PartNumber: number,
      CopySource: copy.CopySource,
      CopySourceIfMatch: object.etag,
      CopySourceRange: `bytes=${first}-${last}`,
    });
    return this.#ask('s3:UploadPartCopy', async () => {
      const { CopyPartResult } = await this.#client.send(command, { abortSignal });
      const { LastModified: _when, ...part } = CopyPartResult ?? {};
      return { ...part, PartNumber: number };
    });
  }

  /** If all bytes have one checksum, S3 compares it with that of the source, and otherwise refuses the object. */
  complete(parts: readonly CompletedPart[]): Promise<Step<unknown>> {
    const { copy, object } = this.#asked;
    const { algorithm, type, value } = this.#checksum ?? {};
    const command = new CompleteMultipartUploadCommand({
      ...this.#place,
      MultipartUpload: { Parts: [...parts] },
      MpuObjectSize: object.size,
      ...(copy.IfMatch !== undefined && { IfMatch: copy.IfMatch }),
      ...(copy.IfNoneMatch !== undefined && { IfNoneMatch: copy.IfNoneMatch }),
      ...(type === 'FULL_OBJECT' && { [`Checksum${algorithm}`]: value, ChecksumType: type }),
    });
    return this.#ask('s3:CompleteMultipartUpload', () => this.#client.send(command));
  }

  /** Best effort: what cannot be removed now is left to a lifecycle rule of the bucket. */
  async abort(): Promise<void> {
    await this.#client.send(new AbortMultipartUploadCommand(this.#place)).catch(() => undefined);
  }

  get #place() {
    const { Bucket, Key } = this.#asked.copy;
    return { Bucket, Key, UploadId: this.#id };
  }

  #ask<T>(call: string, send: () => Promise<T>): Promise<Step<T>> {
    return this.#calls.ask(call, this.#asked.object.locator, send);
  }
}

/**
 * What a copy says of the object that it makes, and what it would carry over. The checksum's algorithm and type are those of
 * the source; without them S3 chooses.
 */
export function uploadInput(
  copy: CopyObjectCommandInput,
  { carried, checksum }: { readonly carried: Carried; readonly checksum: Checksum | undefined },
): CreateMultipartUploadCommandInput {
  const {
    CopySource: _source,
    CopySourceIfMatch: _match,
    CopySourceIfUnmodifiedSince: _since,
    IfMatch: _own,
    IfNoneMatch: _none,
    MetadataDirective: _directive,
    ...attributes
  } = copy;
  return {
    ...attributes,
    ...carried.grants,
    ...(carried.tagging !== '' && { Tagging: carried.tagging }),
    ...(checksum !== undefined && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
}

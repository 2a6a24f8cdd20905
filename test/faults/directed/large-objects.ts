import { GetObjectCommand, GetObjectTaggingCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Clients } from '../aws.ts';
import { ObjectPlace, PART, type Parts } from './places.ts';

/** S3 takes no part under 5 MiB but the last, so this is the least that can be copied in parts. */
export const LARGE_LIMITS = { mostBytes: 5 * 1024 ** 2, partBytes: 5 * 1024 ** 2 };
const FILLING = Buffer.alloc(LARGE_LIMITS.mostBytes);
const LENGTH_BYTES = 4;
/** More than any payload here. */
const HEAD_BYTES = 4_096;

/** A large object: its payload, with the length before it, and then nothing but zeros. */
export class LargeObjectPlace extends ObjectPlace {
  readonly #clients: Clients;

  constructor(clients: Clients, store: string, id: string) {
    super(clients, store, id);
    this.#clients = clients;
  }

  override async read(): Promise<Parts | undefined> {
    const place = { Bucket: this.store, Key: this.id };
    try {
      const { s3 } = this.#clients;
      const object = await s3.send(new GetObjectCommand({ ...place, Range: `bytes=0-${HEAD_BYTES - 1}` }));
      const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(place));
      const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
      const payload = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + bytes.readUInt32BE(0));
      return {
        ...object.Metadata,
        [PART.payload]: payload.toString('base64'),
        'header contentType': object.ContentType ?? '',
        'header cacheControl': object.CacheControl ?? '',
        'header storageClass': object.StorageClass ?? 'STANDARD',
        'header length': object.ContentRange?.split('/')[1] ?? '',
        tags: JSON.stringify(TagSet),
      };
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  override async put({ [PART.payload]: payload = '', ...metadata }: Parts): Promise<void> {
    const bytes = Buffer.from(payload, 'base64');
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    await this.#clients.s3.send(
      new PutObjectCommand({
        Bucket: this.store,
        Key: this.id,
        Body: Buffer.concat([length, bytes, FILLING]),
        Metadata: Object.fromEntries(
          Object.entries(metadata).filter(([name]) => name !== 'tags' && !name.startsWith('header ')),
        ),
        ContentType: 'application/x-sealed',
        CacheControl: 'no-store',
        StorageClass: 'STANDARD_IA',
        Tagging: 'team=orders',
        ChecksumAlgorithm: 'CRC32',
      }),
    );
  }

  /** The same bytes again: S3 gives them the same ETag. */
  override async set(name: string, text: string | undefined): Promise<void> {
    const { [name]: _old, ...parts } = (await this.read()) ?? {};
    await this.put({ ...parts, ...(text !== undefined && { [name]: text }) });
  }
}

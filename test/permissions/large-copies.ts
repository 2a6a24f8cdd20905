import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openBucket } from '../../lambda/adapters/s3/bucket-store.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import type { Embedded } from '../support/embedded.ts';
import { shortName } from '../support/granted.ts';
import { base64, changeOf, settled } from '../support/large-objects.ts';
import { HERE, type Account } from './account.ts';

const MIB = 1024 ** 2;
/** What S3 is told to take at a time: the smallest parts that it knows. An object of a byte more is a large one. */
export const LARGE_LIMITS = { mostBytes: 5 * MIB, partBytes: 5 * MIB };
const BODY = Buffer.alloc(LARGE_LIMITS.mostBytes + 1, 'a sealed payload ');

interface Place {
  readonly store: BucketStore;
  /** Of the deployment. */
  readonly region: string;
  readonly role: string;
}

/**
 * Copies in parts, under the roles of a deployment. The functions have the limit of S3 in their code, and 5 GB are too many for a
 * test, so the product's own adapter is told of a smaller one.
 */
export class LargeCopies {
  readonly #aws: Embedded;
  readonly #account: Account;

  constructor(aws: Embedded, account: Account) {
    this.#aws = aws;
    this.#account = account;
  }

  /** What becomes of one object that is copied, and of one whose copy S3 refuses half-way. */
  async play(place: Place): Promise<readonly string[]> {
    const { store, role } = place;
    const names = ['copied', 'given-up'].map(name => `${store.prefix}${name}-by-${role}`);
    for (const Key of names) await this.#put(store.bucket, Key, store);
    const there = store.copyTo?.bucket;
    // What a migration copies may have to be made; a rollback makes nothing.
    const isMade = (name: string): boolean =>
      store.copyTo?.createMissing === true && role === 'MigrateUnit' && name === names[0];
    for (const Key of names) if (there !== undefined && !isMade(Key)) await this.#put(there, Key, store);
    const records = await this.#open(place);
    const [copied = '', givenUp = ''] = names;
    const results = [await writeOf(records, copied)];
    this.#aws.aws.faults.inject({
      ...{ service: 's3', operation: 'UploadPartCopy', key: givenUp },
      ...{ error: 'InvalidRequest', status: 400, count: 9 },
    });
    return [...results, await writeOf(records, givenUp)];
  }

  #open({ store, region, role }: Place): Promise<RecordStore> {
    const { endpoint, aws } = this.#aws;
    const { roleArn = '' } =
      aws.functions.all().find(one => one.region === region && shortName(one.roleArn) === role) ?? {};
    const clients = new AwsClients({ endpoint, region, credentials: aws.assume(roleArn) });
    return openBucket(store, { clients, region: HERE, needs: [], copyLimits: LARGE_LIMITS });
  }

  async #put(
    Bucket: string,
    Key: string,
    { serverSideEncryptionKey: own, copyTo }: BucketStore,
  ): Promise<void> {
    const isThere = Bucket === copyTo?.bucket;
    const key = isThere ? copyTo.serverSideEncryptionKey : own;
    await this.#s3(isThere).send(
      new PutObjectCommand({
        ...{ Bucket, Key, Body: BODY, Metadata: { edk: base64('old') }, Tagging: 'tenant=acme' },
        ...{ ACL: 'authenticated-read', ObjectLockLegalHoldStatus: 'ON', ObjectLockMode: 'GOVERNANCE' },
        ObjectLockRetainUntilDate: new Date(Date.now() + 24 * 3_600_000),
        ...(key !== undefined && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }),
      }),
    );
  }

  #s3(isThere: boolean): S3Client {
    return (isThere ? this.#account.there : this.#account.here).s3;
  }
}

async function writeOf(records: RecordStore, key: string): Promise<string> {
  const record = await recordOf(records, key);
  const { kind } = await records.write(settled(record), changeOf(record, 'new'));
  return kind;
}

/** One that is made in another bucket is not there yet: the listing shows it. */
async function recordOf(records: RecordStore, key: string): Promise<StoreRecord> {
  const [found] = await records.find([key]);
  if (found !== undefined) return found;
  const page = await records.readPage({ type: 'key-range' }, { pageSize: 100, consistent: false });
  const listed = page.records.find(({ locator }) => locator === key);
  if (listed === undefined) throw new Error(`there is no ${key}`);
  return listed;
}

import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CopiedRecords } from '../../lambda/adapters/records/copied-records.ts';
import { S3Records } from '../../lambda/adapters/s3/records.ts';
import { ServiceUnavailable } from '../../lambda/core/model/errors.ts';
import type { WriteResult } from '../../lambda/core/ports.ts';
import {
  base64,
  BODY,
  changeOf,
  LargeObjects,
  LIMITS,
  settled,
  uploadsLeft,
  type Before,
} from '../support/large-objects.ts';

const WRITTEN: WriteResult = { kind: 'written' };
const CHANGED: WriteResult = { kind: 'precondition-failed' };

let large: LargeObjects;
beforeAll(async () => {
  large = await LargeObjects.start();
});
afterAll(() => large.stop());

describe('the time of an invocation', () => {
  const hurried = async (keys: readonly string[], remaining: () => number) => {
    const of = await large.subject({ deadline: { remaining } });
    for (const key of keys) await large.put(of.bucket, key);
    return { of, records: (await of.store.find(keys)).map(record => settled(record!)) };
  };

  it('is too short for an object that had all of it: it is named, with its size and a cure', async () => {
    const { of, records } = await hurried(['a'], () => 60_000);
    expect(await of.write(records[0]!)).toEqual({
      kind: 'blocked',
      reason: expect.stringMatching(/^0\.0 GB: of a copy in parts .* under the destination key$/),
    });
    expect(await of.left()).toBe(0);
  });

  it('is over in the midst of a copy: nothing is left of it', async () => {
    let asked = 0;
    const { of, records } = await hurried(['a'], () => (asked++ < 4 ? 900_000 : 60_000));
    expect(await of.write(records[0]!)).toMatchObject({ kind: 'blocked' });
    expect([await of.left(), (await of.head('a')).Metadata]).toEqual([0, { edk: base64('old') }]);
  });

  it('is that of the next one, if another object was written first, or most of it is spent', async () => {
    let left = 900_000;
    const { of, records } = await hurried(['a', 'b'], () => left);
    expect(await of.write(records[0]!)).toEqual(WRITTEN);
    left = 60_000;
    await expect(of.write(records[1]!)).rejects.toThrow(ServiceUnavailable);
    const late = await hurried(['a'], () => left);
    left = 29_000;
    await expect(late.of.write(late.records[0]!)).rejects.toThrow(/the next one begins with it$/);
  });

  it('is spent on one large object at a time', async () => {
    const order: string[] = [];
    const of = await large.subject({}, (command, input) => {
      if (/^(Create|Complete)Multipart/.test(command)) order.push(`${command.slice(0, 2)} ${input.Key}`);
      return undefined;
    });
    for (const key of ['a', 'b']) await large.put(of.bucket, key);
    const records = (await of.store.find(['a', 'b'])).map(record => settled(record!));
    expect(await Promise.all(records.map(record => of.write(record)))).toEqual([WRITTEN, WRITTEN]);
    expect(order.map(one => one[3])).toEqual(['a', 'a', 'b', 'b']);
  });
});

describe('a large object that is made in another bucket', () => {
  const THERE = 'eu-west-1';
  const copied = async (before: Before = () => undefined) => {
    const here = await large.subject();
    const bucket = `there-${here.bucket}`;
    const there = large.client(undefined, THERE);
    await there.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: THERE } }),
    );
    const target = new S3Records(large.client(before, THERE), {
      ...{ bucket, prefix: '', accessControlLists: false, limits: LIMITS },
      copyFrom: { bucket: here.bucket, client: large.client(before) },
    });
    const store = new CopiedRecords(here.store, target, true);
    await large.put(here.bucket, 'k', {
      Tagging: 'team=orders',
      ContentType: 'text/plain',
      Metadata: { kept: 'yes' },
    });
    return {
      here,
      write: async (edk = 'new') => {
        const { records } = await store.readPage({ type: 'key-range' }, { pageSize: 1, consistent: false });
        return store.write(settled(records[0]!), changeOf(records[0]!, edk));
      },
      head: () => there.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' })),
      left: () => uploadsLeft(there, bucket),
      make: () => there.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'theirs' })),
    };
  };

  it('is its source with another data key', async () => {
    const { write, head } = await copied();
    expect(await write()).toEqual(WRITTEN);
    expect(await head()).toMatchObject({
      ...{ ContentLength: BODY.length, TagCount: 1, ContentType: 'text/plain' },
      Metadata: { edk: base64('new'), kept: 'yes' },
    });
  });

  it('is changed in place once it is there, whatever its source is by then', async () => {
    const { here, write, head } = await copied();
    expect(await write()).toEqual(WRITTEN);
    await large.put(here.bucket, 'k', { Metadata: { edk: base64('since') } });
    expect(await write('newer')).toEqual(WRITTEN);
    expect((await head()).Metadata).toEqual({ edk: base64('newer'), kept: 'yes' });
  });

  it.each([
    ['its source is stored again', 'UploadPartCopyCommand'],
    ['its source is stored again', 'GetObjectTaggingCommand'],
    ['somebody else has made it', 'CompleteMultipartUploadCommand'],
  ])('is not made where %s before %s', async (what, moment) => {
    let [begun, acted] = [false, false];
    const of: Awaited<ReturnType<typeof copied>> = await copied(async command => {
      begun ||= command === 'CreateMultipartUploadCommand';
      if (!begun || acted || command !== moment) return;
      acted = true;
      await (what.startsWith('its source')
        ? large.put(of.here.bucket, 'k', { Metadata: { edk: base64('theirs') } })
        : of.make());
    });
    expect(await of.write()).toEqual(CHANGED);
    expect([acted, await of.left()]).toEqual([true, 0]);
  });
});

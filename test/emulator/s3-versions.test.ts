import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

let made = 0;
async function bucket(status?: 'Enabled' | 'Suspended'): Promise<string> {
  const Bucket = `versions-${++made}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  if (status !== undefined) await version(Bucket, status);
  return Bucket;
}
const version = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = (Bucket: string, Key = 'key') => aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
const remove = (Bucket: string, Key = 'key', VersionId?: string) =>
  aws.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

/** What a refusal tells: its name, its status and its members. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'none',
    (error: unknown) => {
      const { name, $metadata } = error as S3ServiceException;
      return { ...(error as object), name, status: $metadata.httpStatusCode };
    },
  );
}
/** The answer to a GET or HEAD as it is, with its headers. */
const raw = (method: string, path: string) => fetch(`${aws.endpoint}/${path}`, { method });

// An id that no S3 has made here, in the form of one.
const FOREIGN = 'Zq7cVn0aLw3TtY5bR1xKf9mPd2hGs8Ju';

describe('a delete marker', () => {
  it('answers as if there were no object, and says that it is there', async () => {
    const Bucket = await bucket('Enabled');
    await put(Bucket);
    const { VersionId } = await remove(Bucket);
    for (const method of ['GET', 'HEAD']) {
      const answer = await raw(method, `${Bucket}/key`);
      expect([answer.status, answer.headers.get('x-amz-delete-marker')]).toEqual([404, 'true']);
      expect(answer.headers.get('x-amz-version-id')).toBe(VersionId);
    }
  });

  it('cannot be read by its id, and can be deleted', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await remove(Bucket);
    for (const method of ['GET', 'HEAD']) {
      const answer = await raw(method, `${Bucket}/key?versionId=${VersionId}`);
      expect([answer.status, answer.headers.get('x-amz-delete-marker')]).toEqual([405, 'true']);
      expect(answer.headers.get('allow')).toBe('DELETE');
      expect(Date.parse(answer.headers.get('last-modified') ?? '')).not.toBeNaN();
    }
    expect(await refusal(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', VersionId })))).toMatchObject(
      {
        ...{ name: 'MethodNotAllowed', Method: 'GET', ResourceType: 'DeleteMarker' },
      },
    );
    expect(await remove(Bucket, 'key', VersionId)).toMatchObject({ DeleteMarker: true, VersionId });
  });

  it('takes no tags and shows none, as the latest version or by its id', async () => {
    const Bucket = await bucket('Enabled');
    await put(Bucket);
    const { VersionId } = await remove(Bucket);
    const TagSet = [{ Key: 'a', Value: 'b' }];
    for (const asked of [{}, { VersionId }]) {
      const input = { Bucket, Key: 'key', ...asked };
      const tags = { ...input, Tagging: { TagSet } };
      const marker = { name: 'MethodNotAllowed', status: 405, ResourceType: 'DeleteMarker' };
      expect(await refusal(aws.s3.send(new GetObjectTaggingCommand(input)))).toMatchObject({
        ...{ ...marker, Method: 'GET' },
      });
      expect(await refusal(aws.s3.send(new PutObjectTaggingCommand(tags)))).toMatchObject(marker);
      expect(await refusal(aws.s3.send(new DeleteObjectTaggingCommand(input)))).toMatchObject(marker);
    }
  });

  it('has an access control list only if it is not asked for by its id', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await remove(Bucket);
    const acl = (of: object) => refusal(aws.s3.send(new GetObjectAclCommand({ Bucket, Key: 'key', ...of })));
    expect(await acl({})).toMatchObject({ name: 'NoSuchKey', Key: 'key' });
    expect(await acl({ VersionId })).toMatchObject({ name: 'MethodNotAllowed' });
  });

  it('is no source of a copy', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await remove(Bucket);
    const copy = (CopySource: string) =>
      refusal(aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource })));
    expect(await copy(`${Bucket}/key`)).toMatchObject({ name: 'NoSuchKey', Key: 'key' });
    expect(await copy(`${Bucket}/key?versionId=${VersionId}`)).toMatchObject({ name: 'InvalidRequest' });
  });
});

describe('the id of a version', () => {
  it('is one that S3 has made', async () => {
    for (const Bucket of [await bucket(), await bucket('Enabled')]) {
      const { VersionId } = await put(Bucket);
      const invalid = { name: 'InvalidArgument', ArgumentName: 'versionId', ArgumentValue: FOREIGN };
      const get = { Bucket, Key: 'key', VersionId: FOREIGN };
      expect(await refusal(aws.s3.send(new GetObjectCommand(get)))).toMatchObject(invalid);
      expect(await refusal(remove(Bucket, 'key', FOREIGN))).toMatchObject(invalid);
      await expect(
        aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key', VersionId: VersionId ?? 'null' })),
      ).resolves.toBeDefined();
    }
  });

  it('is told where the version is gone', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await put(Bucket);
    await remove(Bucket, 'key', VersionId);
    expect(await refusal(aws.s3.send(new GetObjectCommand({ Bucket, Key: 'key', VersionId })))).toMatchObject(
      {
        ...{ name: 'NoSuchVersion', status: 404, Key: 'key', VersionId },
      },
    );
  });

  it('is an error of its own for each object of DeleteObjects', async () => {
    const Bucket = await bucket('Enabled');
    await put(Bucket);
    const Objects = [{ Key: 'key', VersionId: FOREIGN }, { Key: 'nothing' }];
    const { Deleted, Errors } = await aws.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors).toMatchObject([{ Key: 'key', VersionId: FOREIGN, Code: 'NoSuchVersion' }]);
    expect(Deleted).toMatchObject([{ Key: 'nothing', DeleteMarker: true }]);
  });

  it('tells whoever copies which version was copied', async () => {
    const Bucket = await bucket('Enabled');
    const { VersionId } = await put(Bucket);
    const copy = () =>
      aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/key` }));
    expect((await copy()).CopySourceVersionId).toBe(VersionId);
    await version(Bucket, 'Suspended');
    await put(Bucket);
    const copied = await copy();
    expect([copied.CopySourceVersionId, copied.VersionId]).toEqual([undefined, 'null']);
  });

  it('null is shown to all but the writer', async () => {
    const Bucket = await bucket('Suspended');
    expect((await put(Bucket)).VersionId).toBeUndefined();
    const { VersionId } = await aws.s3.send(new HeadObjectCommand({ Bucket, Key: 'key' }));
    expect(VersionId).toBe('null');
  });
});

describe('a listing of versions', () => {
  const list = (Bucket: string, input: object) =>
    aws.s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));

  it('shows common prefixes, and goes on behind them', async () => {
    const Bucket = await bucket('Enabled');
    for (const Key of ['folder/x/1', 'folder/x/2', 'folder/y']) await put(Bucket, Key);
    const asked = { Prefix: 'folder/', Delimiter: '/', MaxKeys: 1 };
    const first = await list(Bucket, asked);
    expect(first).toMatchObject({ NextKeyMarker: 'folder/x/', CommonPrefixes: [{ Prefix: 'folder/x/' }] });
    expect([first.NextVersionIdMarker, first.Versions]).toEqual([undefined, undefined]);
    for (const KeyMarker of [first.NextKeyMarker, 'folder/x/1']) {
      const next = await list(Bucket, { ...asked, KeyMarker });
      expect(next).toMatchObject({ IsTruncated: false, Versions: [{ Key: 'folder/y' }] });
    }
  });

  it('goes on behind a version that is gone', async () => {
    const Bucket = await bucket('Enabled');
    const made: (string | undefined)[] = [];
    for (let count = 0; count < 4; count++) made.unshift((await put(Bucket)).VersionId);
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = await list(Bucket, {
      MaxKeys: 2,
    });
    expect(VersionIdMarker).toBe(made[1]);
    await remove(Bucket, 'key', made[1]);
    const { Versions } = await list(Bucket, { KeyMarker, VersionIdMarker });
    expect(Versions?.map(one => one.VersionId)).toEqual(made.slice(2));
    expect(await refusal(list(Bucket, { VersionIdMarker }))).toMatchObject({
      ...{ name: 'InvalidArgument', ArgumentName: 'version-id-marker' },
    });
  });
});

describe('a conditional deletion', () => {
  it('deletes only what has the ETag', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket);
    const when = (IfMatch: string) => aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', IfMatch }));
    expect(await refusal(when('"other"'))).toMatchObject({
      ...{ name: 'PreconditionFailed', status: 412, Condition: 'If-Match' },
    });
    await when(ETag!);
    expect((await raw('HEAD', `${Bucket}/key`)).status).toBe(404);
  });

  it('has an answer for each object of DeleteObjects', async () => {
    const Bucket = await bucket();
    const { ETag } = await put(Bucket);
    await put(Bucket, 'other');
    const Objects = [
      { Key: 'key', ETag },
      { Key: 'other', ETag: '"another"' },
    ];
    const { Deleted, Errors } = await aws.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toMatchObject([{ Key: 'key' }]);
    expect(Errors).toMatchObject([{ Key: 'other', Code: 'PreconditionFailed' }]);
  });

  it.each([{ IfMatchLastModifiedTime: new Date(0) }, { IfMatchSize: 4 }])(
    'is of ETags alone: not of %j',
    async condition => {
      const Bucket = await bucket();
      await put(Bucket);
      const deletion = new DeleteObjectCommand({ Bucket, Key: 'key', ...condition });
      expect(await refusal(aws.s3.send(deletion))).toMatchObject({ name: 'NotImplemented', status: 501 });
    },
  );

  it('goes round no retention where there is no Object Lock', async () => {
    const Bucket = await bucket();
    for (const BypassGovernanceRetention of [true, false]) {
      const input = { Bucket, BypassGovernanceRetention };
      const name = { name: 'InvalidArgument', ArgumentName: 'x-amz-bypass-governance-retention' };
      expect(await refusal(aws.s3.send(new DeleteObjectCommand({ ...input, Key: 'key' })))).toMatchObject(
        name,
      );
      const Delete = { Objects: [{ Key: 'key' }] };
      expect(await refusal(aws.s3.send(new DeleteObjectsCommand({ ...input, Delete })))).toMatchObject(name);
    }
  });
});

describe('a conditional write', () => {
  it('takes one condition of one kind', async () => {
    const Bucket = await bucket();
    const { ETag = '' } = await put(Bucket);
    const when = async (headers: Record<string, string>) => {
      const answer = await fetch(`${aws.endpoint}/${Bucket}/key`, { method: 'PUT', headers });
      return [answer.status, /<Header>(.*)<\/Header>/.exec(await answer.text())?.[1]];
    };
    expect(await when({ 'if-match': '*' })).toEqual([501, 'If-Match']);
    expect(await when({ 'if-none-match': ETag })).toEqual([501, 'If-None-Match']);
    const both = { 'if-match': ETag, 'if-none-match': '*' };
    expect(await when(both)).toEqual([501, 'If-Match,If-None-Match']);
  });
});

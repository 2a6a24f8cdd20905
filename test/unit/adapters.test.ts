import { copyInPlace } from '../../lambda/adapters/s3/copy-in-place.ts';
import { encodeKey } from '../../lambda/adapters/dynamodb/item-key.ts';
import { grantHeaders } from '../../lambda/adapters/s3/object-grants.ts';
import { objectRecord } from '../../lambda/adapters/s3/object-record.ts';
import { updateExpression } from '../../lambda/adapters/dynamodb/update-expression.ts';

const HEAD = {
  $metadata: {},
  ETag: '"abc"',
  LastModified: new Date('2026-01-02T03:04:05Z'),
  ContentLength: 10,
  ContentType: 'text/plain',
  CacheControl: 'no-cache',
  ContentDisposition: 'inline',
  ContentEncoding: 'gzip',
  ContentLanguage: 'de',
  ExpiresString: 'Wed, 21 Oct 2026 07:28:00 GMT',
  WebsiteRedirectLocation: '/other',
  StorageClass: 'STANDARD_IA' as const,
  ServerSideEncryption: 'aws:kms' as const,
  SSEKMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/sse',
  BucketKeyEnabled: true,
  Metadata: { edk: 'b2xk', kept: 'yes' },
};

const copy = (head: object = HEAD) =>
  copyInPlace({
    bucket: 'b',
    object: objectRecord('a b/ü', { ...HEAD, ...head }, 0),
    places: [{ path: ['edk'], before: { S: 'b2xk' }, after: { S: 'bmV3' } }],
    grants: {},
  });

describe('the copy of an object onto itself', () => {
  it('sends everything again that S3 would drop', () => {
    expect(copy()).toEqual({
      Bucket: 'b',
      Key: 'a b/ü',
      CopySource: 'b/a%20b%2F%C3%BC',
      CopySourceIfUnmodifiedSince: HEAD.LastModified,
      IfMatch: '"abc"',
      MetadataDirective: 'REPLACE',
      Metadata: { edk: 'bmV3', kept: 'yes' },
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      Expires: new Date('2026-10-21T07:28:00Z'),
      WebsiteRedirectLocation: '/other',
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/sse',
      BucketKeyEnabled: true,
    });
  });

  it('keeps a retention that is still running, and a legal hold', () => {
    const until = new Date(Date.now() + 86_400_000);
    expect(
      copy({
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: until,
        ObjectLockLegalHoldStatus: 'ON',
      }),
    ).toMatchObject({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'ON',
    });
  });

  it('drops a retention that has run out: S3 would refuse to set it again', () => {
    expect(copy({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(0) })).not.toHaveProperty(
      'ObjectLockMode',
    );
  });

  it.each([
    ['archived', { StorageClass: 'DEEP_ARCHIVE' }],
    ['archived', { StorageClass: 'INTELLIGENT_TIERING', ArchiveStatus: 'ARCHIVE_ACCESS' }],
    ['an Expires header that is not an HTTP date', { ExpiresString: '0' }],
    ['metadata that S3 cannot return', { MissingMeta: 1 }],
  ])('is blocked for an object %s', (words, head) => {
    expect(objectRecord('k', { ...HEAD, ...head } as never, 0).blocked).toContain(words);
  });

  it.each([
    { ContentLength: 5 * 1024 ** 3 + 1 },
    { StorageClass: 'GLACIER', Restore: 'ongoing-request="false", expiry-date="…"' },
    { StorageClass: 'GLACIER_IR' },
  ])('is not blocked for %j', head => {
    expect(objectRecord('k', { ...HEAD, ...head } as never, 0).blocked).toBeUndefined();
  });
});

describe('an object that was read', () => {
  it.each([
    [0, false],
    [999, false],
    [1000, true],
  ])('%d ms after it was changed is settled: %s', (age, settled) => {
    expect(objectRecord('k', HEAD, HEAD.LastModified.getTime() + age).settled).toBe(settled);
  });
});

describe('an access control list', () => {
  it('becomes the headers that a copy takes', () => {
    const Grants = [
      { Grantee: { Type: 'CanonicalUser' as const, ID: 'owner' }, Permission: 'FULL_CONTROL' as const },
      {
        Grantee: { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
        Permission: 'READ' as const,
      },
      { Grantee: { Type: 'CanonicalUser' as const, ID: 'partner' }, Permission: 'READ' as const },
    ];
    expect(grantHeaders({ Grants })).toEqual({
      GrantFullControl: 'id="owner"',
      GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers", id="partner"',
    });
  });
});

describe('a conditional update', () => {
  it('names every path by placeholders, so that reserved words and dots are names like any other', () => {
    const [before, after] = [{ B: Buffer.from('x') }, { B: Buffer.from('y') }];
    expect(updateExpression([{ path: ['data', 'a.b', 0, 'data'], before, after }])).toEqual({
      UpdateExpression: 'SET #n0.#n1[0].#n0 = :new0',
      ConditionExpression: '#n0.#n1[0].#n0 = :old0',
      ExpressionAttributeNames: { '#n0': 'data', '#n1': 'a.b' },
      ExpressionAttributeValues: { ':new0': after, ':old0': before },
    });
  });
});

describe('a locator', () => {
  it('shows binary keys as base64', () => {
    expect(encodeKey({ id: { B: Buffer.from([1, 2, 255]) }, n: { N: '1' } })).toBe(
      '{"id":{"B":"AQL/"},"n":{"N":"1"}}',
    );
  });
});

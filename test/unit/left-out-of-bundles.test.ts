import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Sha256Node } from '@smithy/core/checksum';
import { createHash } from 'node:crypto';
import { EndpointCache } from '../../lambda/adapters/aws/no-endpoint-cache.ts';
import { Sha1Js, Sha256Js } from '../../lambda/adapters/aws/no-own-digests.ts';

describe('what the functions have in the place of the cache of endpoints', () => {
  it('has every method of the one that a client makes', () => {
    const { config } = new DynamoDBClient({ region: 'us-east-1' });
    const { endpointCache } = config as unknown as { readonly endpointCache: object };
    const methodsOf = (cache: object): readonly string[] =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(cache)).sort();
    expect(methodsOf(endpointCache)).toContain('getEndpoint');
    expect(methodsOf(new EndpointCache())).toEqual(methodsOf(endpointCache));
  });

  it('knows no endpoint, whatever was set', () => {
    const cache = new EndpointCache();
    cache.set();
    const asked: readonly (() => unknown)[] = [
      () => cache.has(),
      () => cache.get(),
      () => cache.getEndpoint(),
    ];
    expect(asked.map(ask => ask())).toEqual([false, undefined, undefined]);
  });

  it('is not asked by a client of DynamoDB, which discovers endpoints only where it is told to', async () => {
    const { config } = new DynamoDBClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1' });
    await expect(config.endpointDiscoveryEnabled()).resolves.toBeFalsy();
  });
});

describe('what the functions have in the place of digests of the SDK', () => {
  it('is not what the SDK takes where Node has them', async () => {
    const sha256 = new Sha256Node();
    sha256.update(new TextEncoder().encode('a'));
    const digest = Buffer.from(await sha256.digest()).toString('hex');
    expect(digest).toBe(createHash('sha256').update('a').digest('hex'));
  });

  it.each([Sha1Js, Sha256Js])('says so where one is used after all', Digest => {
    expect(() => new Digest()).toThrow(
      'aws.own-digests: the bundles of the functions have the digests of Node only',
    );
  });
});

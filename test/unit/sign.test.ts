import { createHash, createHmac } from 'node:crypto';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { signed } from '../../lambda/adapters/aws/sign.ts';

/** What the SDK's signer hashes with. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('nobody resets it');
  }
}

const word = fc.stringMatching(/^[A-Za-z0-9/+=]{1,80}$/);
const credentials = fc.record(
  { accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/), secretAccessKey: word, sessionToken: word },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);

describe('a signature', () => {
  it('is the one of the SDK’s signer, for any caller, Region, time and request', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          of: credentials,
          region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
          service: fc.constantFrom('kms', 'dynamodb'),
          at: fc.date({ min: new Date('2001-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
          body: fc.string({ unit: 'grapheme' }),
          method: fc.constantFrom('POST', 'HEAD', 'PUT'),
          path: fc.constantFrom('/', '/Zo%C3%AB/a%2Bb', '/bucket//a/./b%20c'),
          // The SDK's signer assigns each name to an object, and so loses this one.
          query: fc.dictionary(
            fc.string({ unit: 'grapheme', minLength: 1 }).filter(name => name !== '__proto__'),
            fc.string({ unit: 'grapheme' }),
          ),
          value: fc.string({ unit: 'grapheme-ascii' }),
        }),
        async ({ of, region, service, at, body, method, path, query, value }) => {
          const headers = {
            'content-type': 'application/x-amz-json-1.1',
            host: `${service}.${region}.amazonaws.com`,
            'x-amz-target': 'TrentService.ReEncrypt',
            'x-amz-meta-any': value,
          };
          const signer = new SignatureV4({
            ...{ credentials: of, region, service, sha256: Sha256 },
            // As for S3. The path of all others is `/`.
            uriEscapePath: false,
          });
          const request = new HttpRequest({
            ...{ method, path, query },
            hostname: headers.host,
            headers,
            body,
          });
          const { headers: expected } = await signer.sign(request, { signingDate: at });
          // The SDK sends the digest of the body as well, which only S3 asks for.
          delete expected['x-amz-content-sha256'];
          const sha256 = createHash('sha256').update(body).digest('hex');
          const own = signed(
            { method, path, query, headers: { ...headers, 'x-amz-content-sha256': sha256 }, body },
            { credentials: of, region, service, now: at.getTime() },
          );
          expect(own['authorization']).toBe(expected['authorization']);
          expect(own['x-amz-date']).toBe(expected['x-amz-date']);
          expect(own['x-amz-security-token']).toBe(expected['x-amz-security-token']);
        },
      ),
    );
  });
});

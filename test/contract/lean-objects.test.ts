import type { CopyObjectCommandInput } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { leanObjectCalls, sdkObjectCalls, type ObjectCalls } from '../../lambda/adapters/s3/object-calls.ts';
import { HEAD_OBJECT } from '../../lambda/adapters/s3/object-operation.ts';
import { objectRecord } from '../../lambda/adapters/s3/object-record.ts';
import { NEW_KEY } from '../support/builders.ts';
import { ScriptedServer, type ScriptedAnswer, type SeenRequest } from '../support/scripted-server.ts';

const server = new ScriptedServer();
let endpoint: string;
beforeAll(async () => {
  endpoint = await server.start();
});
afterAll(() => server.stop());

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };

/** A client of its own, so that neither learns from the other's answers. */
function callsBy(requests: 'lean' | 'sdk'): ObjectCalls {
  const clients = new AwsClients({ endpoint, region: 'us-east-1', credentials, identityPatienceMs: [] });
  const client = clients.s3();
  return requests === 'lean' ? leanObjectCalls(clients, client) : sdkObjectCalls(client);
}

interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $fault?: string;
  readonly code?: string;
}

interface Told {
  readonly outcome: unknown;
  readonly seen: readonly SeenRequest[];
}

type Send = (calls: ObjectCalls) => Promise<unknown>;

async function told(requests: 'lean' | 'sdk', script: readonly ScriptedAnswer[], send: Send): Promise<Told> {
  server.play(script);
  const outcome = await send(callsBy(requests)).catch((error: unknown) => {
    const { name, message, $metadata, $fault, code } = error as AwsError;
    const { httpStatusCode, attempts } = $metadata ?? {};
    return { name, message, httpStatusCode, attempts, $fault, code };
  });
  return { outcome, seen: server.seen };
}

async function both(script: readonly ScriptedAnswer[], send: Send): Promise<readonly [Told, Told]> {
  return [await told('sdk', script, send), await told('lean', script, send)];
}

const OF_THE_SENDER: ReadonlySet<string> = new Set([
  ...['authorization', 'x-amz-date', 'amz-sdk-invocation-id'],
  ...['user-agent', 'x-amz-user-agent', 'amz-sdk-request'],
]);

/** What S3 goes by in a request. Neither who sends it, nor when, nor how it is traced. */
function asked({ method, url, headers }: SeenRequest): unknown {
  const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_SENDER.has(name)));
  return { method, url, sent };
}

const refusal = (code: string, status: number, headers = {}): ScriptedAnswer => ({
  ...{ status, headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>because of ${code}</Message><RequestId>1</RequestId></Error>`,
});
const COPIED: ScriptedAnswer = {
  status: 200,
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag></CopyObjectResult>',
};
const HOUR_AGO = { date: new Date(Date.now() - 3_600_000).toUTCString() };
const DATE = 'Fri, 27 Nov 2026 10:00:00 GMT';
const OBJECT = {
  ...{ date: DATE, 'last-modified': 'Fri, 27 Nov 2026 09:00:00 GMT', etag: '"0123456789abcdef"' },
  ...{ 'content-type': 'text/plain', 'cache-control': 'no-store', 'content-encoding': 'gzip' },
  ...{ 'content-disposition': 'inline; filename="a  b"', 'content-language': 'de', expires: 'never' },
  ...{ 'x-amz-website-redirect-location': '/there', 'x-amz-storage-class': 'STANDARD_IA' },
  ...{ 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-bucket-key-enabled': 'true' },
  ...{ 'x-amz-server-side-encryption-aws-kms-key-id': NEW_KEY, 'x-amz-missing-meta': '2' },
  ...{ 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-legal-hold': 'ON' },
  ...{ 'x-amz-object-lock-retain-until-date': '2030-01-01T00:00:00.000Z', 'x-amz-meta-data-key': 'AAEC' },
  ...{ 'x-amz-meta-empty': '', 'x-amz-meta-words': '=?UTF-8?B?Wm/Dqw==?=', 'x-amz-version-id': '7' },
  ...{ 'x-amz-restore': 'ongoing-request="false"', 'x-amz-archive-status': 'ARCHIVE_ACCESS' },
};

describe('HeadObject without the SDK’s middleware', () => {
  const head: Send = async calls => {
    const { head: shown, answeredAt } = await calls.head({ Bucket: 'Files', Key: 'a/b c', VersionId: 'v/1' });
    return { record: objectRecord('a/b c', shown, answeredAt), answeredAt };
  };

  it.each<[string, ScriptedAnswer[]]>([
    [
      'an object with everything',
      [{ status: 200, body: '', headers: { ...OBJECT, 'content-length': '99' } }],
    ],
    ['an object that expires', [{ status: 200, body: '', headers: { ...OBJECT, expires: DATE } }]],
    ['nothing at all', [{ status: 200, body: '' }]],
    ['no object', [{ status: 404, body: '' }]],
    ['a refusal', [{ status: 403, body: '' }]],
    ['an object with a key of its customer', [{ status: 400, body: '' }]],
    ['another Region', [{ status: 301, body: '', headers: { 'x-amz-bucket-region': 'eu-west-1' } }]],
    [
      'an overload, and then an answer',
      [
        { status: 503, body: '' },
        { status: 200, body: '', headers: OBJECT },
      ],
    ],
    ['a lost connection, and then an answer', ['reset', { status: 200, body: '', headers: OBJECT }]],
  ])('shows the same object, or has the same end, after as many tries: %s', async (_, script) => {
    const [sdk, lean] = await both(script, head);
    expect(lean.outcome).toEqual(sdk.outcome);
    expect(lean.seen.map(asked)).toEqual(sdk.seen.map(asked));
  });
});

const INPUT: CopyObjectCommandInput = {
  ...{ Bucket: 'Files', Key: 'Zoë/a+b (1)', CopySource: 'Files/Zo%C3%AB%2Fa%2Bb%20(1)', IfMatch: '"0"' },
  CopySourceIfUnmodifiedSince: new Date('2026-11-27T10:00:00Z'),
  MetadataDirective: 'REPLACE',
  Metadata: { 'data-key': 'AAEC', note: ' two  spaces ', Upper: 'x' },
};

describe('CopyObject without the SDK’s middleware', () => {
  const copy: Send = async calls => (await calls.copy(INPUT), 'copied');

  it.each<[string, ScriptedAnswer[]]>([
    ['a copy', [COPIED]],
    ['an object that has changed', [refusal('PreconditionFailed', 412)]],
    ['a refusal', [refusal('AccessDenied', 403)]],
    ['an archived object', [refusal('InvalidObjectState', 403)]],
    ['an unknown error', [refusal('NeverHeardOf', 400)]],
    ['an error that is no XML', [{ status: 400, body: '<html>what</html>' }]],
    ['an error in a success, and then a copy', [refusal('InternalError', 200), COPIED]],
    ['an overload in a success, and then a copy', [refusal('SlowDown', 200), COPIED]],
    ['an error in every success', Array.from({ length: 6 }, () => refusal('InternalError', 200))],
    ['no body, and then a copy', [{ status: 200, body: '' }, COPIED]],
    ['an overload, and then a copy', [refusal('SlowDown', 503), COPIED]],
    [
      'an answer that breaks off, and then a copy',
      [{ ...COPIED, headers: { 'content-length': '9999' } }, COPIED],
    ],
    ['a lost connection, and then a copy', ['reset', COPIED]],
    ['a clock that is off', [refusal('RequestTimeTooSkewed', 403, HOUR_AGO), COPIED]],
    ['a token that has expired', [refusal('ExpiredToken', 400)]],
  ])('has the same end, after as many tries: %s', async (_, script) => {
    const [sdk, lean] = await both(script, copy);
    expect(lean.outcome).toEqual(sdk.outcome);
    expect(lean.seen.map(asked)).toEqual(sdk.seen.map(asked));
  });

  it('takes an error in a success for one, also where white space follows it', async () => {
    const { body } = refusal('InternalError', 200) as { readonly body: string };
    const late = { status: 200, body: `${body}\n\n` };
    const { outcome, seen } = await told('lean', [late, COPIED], copy);
    expect([outcome, seen.length]).toEqual(['copied', 2]);
  });

  it('sends every header that the SDK would send, whatever is known of the object', async () => {
    const text = fc.stringMatching(/^[ -~]{0,40}$/);
    const input = fc.record(
      {
        ...{ ContentType: text, CacheControl: text, ContentDisposition: text, ContentEncoding: text },
        ...{ ContentLanguage: text, WebsiteRedirectLocation: text, SSEKMSKeyId: text, GrantRead: text },
        ...{ GrantFullControl: text, GrantReadACP: text, GrantWriteACP: text, Tagging: text },
        Expires: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        StorageClass: fc.constantFrom('STANDARD', 'STANDARD_IA'),
        ServerSideEncryption: fc.constantFrom('AES256', 'aws:kms', 'aws:kms:dsse'),
        BucketKeyEnabled: fc.boolean(),
        ObjectLockMode: fc.constantFrom('GOVERNANCE', 'COMPLIANCE'),
        ObjectLockRetainUntilDate: fc.date({
          min: new Date(),
          max: new Date('2100-01-01'),
          noInvalidDate: true,
        }),
        ObjectLockLegalHoldStatus: fc.constantFrom('ON', 'OFF'),
        ObjectLockEventHold: fc.constantFrom('ON', 'OFF'),
        ObjectLockEventHoldDurationDays: fc.nat(1_000),
        Metadata: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/), text),
        Key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(key => !/^\.*$/.test(key)),
      },
      { requiredKeys: ['Key'] },
    );
    await fc.assert(
      fc.asyncProperty(input, async generated => {
        const of = { ...INPUT, ...generated } as CopyObjectCommandInput;
        const [sdk, lean] = await both([COPIED], calls => calls.copy(of).then(() => 'copied'));
        expect(lean.seen.map(asked)).toEqual(sdk.seen.map(asked));
        expect(lean.outcome).toEqual(sdk.outcome);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an endpoint that takes another signature', () => {
  it.each([
    ['a bucket', 'files', true],
    ['a bucket by its name alone', 'files.of.orders', true],
    ['a directory bucket', 'files--use1-az4--x-s3', false],
    ['an access point of several Regions', 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap', false],
    [
      'an Outpost',
      'arn:aws:s3-outposts:us-east-1:111122223333:outpost/op-01ac5d28a6a232904/accesspoint/files',
      false,
    ],
  ])('is left to the SDK: %s', async (_, Bucket, expected) => {
    const clients = new AwsClients({ region: 'us-east-1', credentials });
    const calls = clients.leanCalls(clients.s3(), HEAD_OBJECT);
    expect(await calls.isSignedHere({ Bucket, Key: 'a' })).toBe(expected);
  });
});

import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { Readable } from 'node:stream';
import { withFreshIdentity } from '../../lambda/adapters/aws/fresh-identity.ts';

interface Request {
  readonly headers: Readonly<Record<string, string>>;
}

const NOW = Date.UTC(2026, 10, 21, 12);
/** Less than the four minutes of clock skew at which the SDK itself tries again. */
const OFF_MS = 120_000;

/** A KMS that recognises no caller and dates its answers two minutes ahead, and the requests that it received. */
function unrecognising(name: string) {
  const requests: Request[] = [];
  const requestHandler = {
    handle: (request: Request) => {
      requests.push(request);
      const headers = { 'x-amzn-errortype': name, date: new Date(NOW + OFF_MS).toUTCString() };
      return Promise.resolve({ response: { statusCode: 400, headers, body: Readable.from(['{}']) } });
    },
    destroy: () => undefined,
  };
  const credentials = jest.fn(() => Promise.resolve({ accessKeyId: 'AKIA', secretAccessKey: 'secret' }));

  const bare = new KMSClient({ region: 'us-east-1', requestHandler, credentials, maxAttempts: 3 });
  const client = withFreshIdentity(bare, [0, 0]);
  const send = () => client.send(new DescribeKeyCommand({ KeyId: 'k' }));
  return { send, requests, credentials };
}

describe('a client that AWS does not recognise', () => {
  beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(NOW));
  afterEach(() => jest.restoreAllMocks());

  it("signs by the time of AWS's answer, then by its own clock, each time with fresh credentials", async () => {
    const { send, requests, credentials } = unrecognising('RequestTimeTooSkewed');
    await expect(send()).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    const dates = requests.map(({ headers }) => headers['x-amz-date']);
    expect(dates).toEqual(['20261121T120000Z', '20261121T120200Z', '20261121T120000Z']);
    expect(credentials).toHaveBeenCalledTimes(3);
  });

  it('does none of this if something else is refused', async () => {
    const { send, requests, credentials } = unrecognising('AccessDeniedException');
    await expect(send()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect([requests.length, credentials.mock.calls.length]).toEqual([1, 1]);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultProvider } from '../../lambda/adapters/aws/function-credentials.ts';

describe('the credentials of a function', () => {
  const before = { ...process.env };
  afterEach(() => void (process.env = { ...before }));

  it('are those of the environment', async () => {
    process.env = {
      ...before,
      AWS_ACCESS_KEY_ID: 'AKIA1',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 't',
    };
    const said = await defaultProvider()!();
    expect(said).toMatchObject({ accessKeyId: 'AKIA1', secretAccessKey: 's', sessionToken: 't' });
  });

  it('are those of the address in the environment, asked for once until they expire, and anew on demand', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization ?? '');
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      const said = { AccessKeyId: `AKIA${asked.length}`, SecretAccessKey: 's', Token: 't', Expiration };
      response.end(JSON.stringify(said));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env = {
      ...before,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
    };
    const provider = defaultProvider()!;
    const all = [await provider(), await provider(), await provider({ forceRefresh: true })];
    server.close();
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIA1', 'AKIA1', 'AKIA2']);
    expect(asked).toEqual(['token', 'token']);
  });
});

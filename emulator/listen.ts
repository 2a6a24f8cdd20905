import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The server cannot have the port. The message names it and the cure. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
  readonly code: 'embedded-aws.port-in-use' | 'embedded-aws.port-not-allowed' | 'embedded-aws.no-port';

  constructor(port: number, cause: NodeJS.ErrnoException) {
    const [code, words] = reasonOf(port, cause);
    super(words, { cause });
    this.code = code;
  }
}

/** Listens on loopback only and returns the port. @throws CannotListen */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refused = (cause: Error): void => reject(new CannotListen(port, cause));
    server.once('error', refused);
    try {
      server.listen(port, '127.0.0.1', () => {
        server.off('error', refused);
        resolve();
      });
    } catch (error) {
      // A port that no computer has is thrown, and not emitted.
      refused(error as Error);
    }
  });
  return (server.address() as AddressInfo).port;
}

function reasonOf(port: number, { code, message }: NodeJS.ErrnoException): [CannotListen['code'], string] {
  const cure = 'name another port, or 0 for any free one';
  switch (code) {
    case 'EADDRINUSE':
      return [
        'embedded-aws.port-in-use',
        `port ${port} of 127.0.0.1 is in use: end what listens there (lsof -i :${port} shows it), or ${cure}`,
      ];
    case 'EACCES':
      return ['embedded-aws.port-not-allowed', `port ${port} of 127.0.0.1 is not for this user: ${cure}`];
    default:
      return ['embedded-aws.no-port', `cannot listen on port ${port} of 127.0.0.1 (${message}): ${cure}`];
  }
}

export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

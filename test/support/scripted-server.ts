import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server says to one request; `reset`: it closes the connection without an answer. */
export type ScriptedAnswer =
  | 'reset'
  | {
      readonly status: number;
      readonly body: string;
      /** With a `content-length` of one's own, the answer breaks off. */
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const NOTHING: ScriptedAnswer = { status: 200, body: '{}' };

/** Answers each request as its script says, and remembers what it saw. */
export class ScriptedServer {
  readonly #server: Server;
  #answers: ScriptedAnswer[] = [];
  seen: SeenRequest[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
        const answer = this.#answers.shift() ?? NOTHING;
        if (answer === 'reset') return void request.socket.destroy();
        const breaksOff = answer.headers?.['content-length'] !== undefined && method !== 'HEAD';
        if (breaksOff) setImmediate(() => request.socket.destroy());
        response.writeHead(answer.status, { 'x-amzn-requestid': 'request-1', ...answer.headers });
        response.end(answer.body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  play(script: readonly ScriptedAnswer[]): void {
    this.#answers = [...script];
    this.seen = [];
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** Another AWS in the place of the embedded one. */
export interface Peer {
  readonly name: string;
  readonly endpoint: string;
  /** What it has of the clients of `Embedded`. */
  readonly services: readonly string[];
  /** A file that gets the path of each test file that asks it. */
  readonly asked: string;
}

/** A test asks for what this other AWS does not have, or what only the embedded one has: faults, a meter, a clock. */
export class NotOfPeer extends Error {
  override readonly name = 'NotOfPeer';
}

/** As `npm run test:peers` names it. */
export function peerOf({ REWRAP_PEER: named }: NodeJS.ProcessEnv): Peer | undefined {
  return named === undefined ? undefined : (JSON.parse(named) as Peer);
}

/** Empty for each test file: moto forgets all when it is told to, and DynamoDB Local has a database for each access key. */
export async function emptied({ name, endpoint, asked }: Peer): Promise<void> {
  appendFileSync(asked, `${expect.getState().testPath}\n`);
  process.env['AWS_ACCESS_KEY_ID'] = `PEER${randomBytes(8).toString('hex').toUpperCase()}`;
  if (name === 'moto') await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
}

interface AnyClient {
  readonly middlewareStack: { add(middleware: () => () => never, options: { step: 'initialize' }): void };
}

/** Clients of services that this AWS does not have say so at their first call. */
export function withoutOthers<Clients extends object>(clients: Clients, { name, services }: Peer): Clients {
  for (const [service, client] of Object.entries(clients) as [string, AnyClient][])
    if (!services.includes(service))
      client.middlewareStack.add(
        () => () => {
          throw new NotOfPeer(`${name} has no ${service}`);
        },
        { step: 'initialize' },
      );
  return clients;
}

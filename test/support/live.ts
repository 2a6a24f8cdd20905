import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Meter } from '../live/cost/meter.ts';
import type { Around, LiveRun } from '../live/live-run.ts';
import type { Question } from '../live/questions/question.ts';
import { Ledger } from '../live/things/ledger.ts';
import type { Removing } from '../live/things/remove.ts';
import { clientsOf, destroy, type Clients } from '../live/world.ts';

export const RUN = {
  id: '0123456789',
  account: '111122223333',
  region: 'us-east-1',
  secondRegion: 'eu-west-1',
} as const;

/** A live test against an embedded AWS, as its parts are called. */
export interface LiveWorld {
  readonly here: Clients;
  readonly there: Clients;
  readonly ledger: Ledger;
  readonly ledgers: string;
  readonly removing: Removing;
  readonly as: (credentials: NonNullable<Parameters<typeof clientsOf>[1]['credentials']>) => {
    readonly here: Clients;
    readonly there: Clients;
  };
  destroy(): void;
}

export function liveWorld(endpoint: string): LiveWorld {
  const ledgers = mkdtempSync(join(tmpdir(), 'live-'));
  const ledger = Ledger.begin(ledgers, RUN);
  const meter = new Meter();
  const [here, there] = [RUN.region, RUN.secondRegion].map(region => clientsOf(region, { endpoint, meter }));
  const clientsIn = (region: string): Clients => (region === RUN.region ? here! : there!);
  return {
    ...{ here: here!, there: there!, ledger, ledgers },
    removing: { ledger, clientsIn, say: () => undefined },
    as: credentials => ({
      here: clientsOf(RUN.region, { endpoint, meter, credentials }),
      there: clientsOf(RUN.secondRegion, { endpoint, meter, credentials }),
    }),
    destroy: () => [here!, there!].forEach(destroy),
  };
}

export function liveRunOf(endpoint: string, more: Partial<LiveRun> = {}): LiveRun {
  const { id: _, ...target } = RUN;
  return {
    kind: 'live',
    dollars: 2,
    product: false,
    json: false,
    embedded: false,
    endpoint,
    ...target,
    ...more,
  };
}

/** Tells nobody, and is not interrupted. */
export function around(questions: readonly Question[], more: Partial<Around> = {}): Around {
  const ledgers = mkdtempSync(join(tmpdir(), 'live-'));
  return { ledgers, questions, say: () => undefined, signal: new AbortController().signal, ...more };
}

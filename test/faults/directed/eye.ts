import { GetItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Clients } from '../aws.ts';
import { sha256 } from '../envelope.ts';
import { canonical } from '../records.ts';
import { LEDGER } from '../weather.ts';
import type { Findings } from '../violations.ts';
import type { Watch } from '../watch.ts';
import type { Call, Departure } from '../wire.ts';
import type { Observer } from './director.ts';
import { DECLARED, PART, type Parts, type Place } from './places.ts';

/**
 * Looks at a record before and after each write of the product, with nobody else in between. Had the product read the data
 * key that it replaced? Is everything else still there?
 */
export class Eye implements Observer {
  /** By locator: the record as the last write of the product found it. */
  readonly found = new Map<string, Parts | undefined>();
  readonly #places: readonly Place[];
  readonly #given: { readonly findings: Findings; readonly watch: Watch };
  readonly #before = new Map<Departure, Parts | undefined>();

  constructor(places: readonly Place[], given: { readonly findings: Findings; readonly watch: Watch }) {
    this.#places = places;
    this.#given = given;
  }

  async before(departure: Departure): Promise<void> {
    const place = this.#written(departure);
    if (place !== undefined) this.#before.set(departure, await place.read());
  }

  async after(call: Call): Promise<void> {
    const departure = theSame(this.#before, call);
    const place = this.#written(call);
    if (departure === undefined || place === undefined) return;
    const before = this.#before.get(departure);
    this.#before.delete(departure);
    const took = call.status === 'lost-response' || (typeof call.status === 'number' && call.status < 300);
    if (!took) return;
    this.found.set(place.locator, before);
    this.#judge(place, before, (await place.read()) ?? {});
  }

  /** A new data key has its own key ARN and algorithm beside it, and the version has increased. */
  #judgeBeside({ locator, store }: Place, before: Parts, after: Parts): void {
    const { findings, watch } = this.#given;
    const [was, is] = [before[PART.version], after[PART.version]];
    findings.expect(
      was === undefined || Number(is) > Number(was),
      2,
      `${locator} in ${store} was written, and its version went from ${was} to ${is}`,
    );
    const made = (watch.intents.get(locator) ?? []).flatMap(({ dataKeys }) => dataKeys);
    for (const [part, label, algorithm] of BESIDE) {
      const held = digestOf(after[part]);
      const { destination } =
        made.find(({ newDigest, kmsRequestIds }) => newDigest === held && kmsRequestIds.length > 0) ?? {};
      if (destination === undefined || before[part] === after[part]) continue;
      for (const [name, right] of [
        [label, destination.keyArn],
        [algorithm, 'SYMMETRIC_DEFAULT'],
      ] as const) {
        const text = name && after[name];
        findings.expect(
          text === undefined || text === right,
          4,
          `${locator} in ${store}: ${name} beside the new data key is ${text}`,
        );
      }
    }
  }

  #judge(place: Place, before: Parts | undefined, after: Parts): void {
    const { locator, store } = place;
    const { findings, watch } = this.#given;
    const intents = watch.intents.get(locator) ?? [];
    findings.count('writes looked at');
    findings.expect(intents.length > 0, 3, `${locator} in ${store} was written, and no intent was durable`);
    const made = intents.some(({ createsRecord }) => createsRecord === true);
    findings.expect(before !== undefined || made, 2, `${locator} in ${store} was not there, and was made`);
    if (before === undefined) return;
    findings.expect(
      !made || intents.some(({ createsRecord }) => createsRecord !== true),
      2,
      `${locator} in ${store} was there, and was made anew`,
    );
    const changes = changed(before, after);
    if (changes.length > 0) this.#judgeBeside(place, before, after);
    for (const name of changes) {
      findings.expect(DECLARED.includes(name), 2, `${locator} in ${store} was changed in ${name}`);
      const undone = intents.some(({ undo }) =>
        undo.some(({ path, before: lay }) => path[0] === name && shown(lay) === before[name]),
      );
      findings.expect(undone, 3, `${locator} in ${store}: no intent tells what lay in ${name}`);
      if (name !== PART.dataKey && name !== PART.newKey) continue;
      const known = intents.some(({ dataKeys }) =>
        dataKeys.some(({ oldCiphertext }) => oldCiphertext === (before[name] ?? null)),
      );
      findings.expect(
        known,
        2,
        `${locator} in ${store} lost a data key in ${name} that the product had not read`,
      );
    }
  }

  #written({ operation, target, body }: Departure): Place | undefined {
    return this.#places.find(({ store, id }) =>
      ['CopyObject', 'CompleteMultipartUpload'].includes(operation)
        ? target === `${store}/${id}`
        : ['UpdateItem', 'PutItem'].includes(operation) &&
          target === store &&
          body.includes(JSON.stringify(id)),
    );
  }
}

/** A data key, and what is stored beside it. */
const BESIDE = [
  [PART.dataKey, PART.label, PART.algorithm],
  [PART.newKey, PART.newLabel, undefined],
] as const;

function digestOf(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : sha256(Buffer.from(base64, 'base64'));
}

/** A value in the notation of the journal. */
function shown(value: unknown): string | undefined {
  return value === null ? undefined : (Object.values(value as object)[0] as string);
}

function changed(before: Parts, after: Parts): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(name => before[name] !== after[name]);
}

const FIRST_WORDS = ['brokenPremise', 'fencedAt'] as const;
const LASTING = ['SET progress', ...FIRST_WORDS] as const;

/** Checks what must last in the ledger: a unit's checkpoint never moves back, and the first words about a run stay. */
export class LedgerEye implements Observer {
  readonly #clients: Clients;
  readonly #findings: Findings;
  readonly #before = new Map<Departure, LedgerItem>();

  constructor(clients: Clients, findings: Findings) {
    this.#clients = clients;
    this.#findings = findings;
  }

  async before(departure: Departure): Promise<void> {
    const { operation, target, body } = departure;
    if (operation === 'UpdateItem' && target === LEDGER && LASTING.some(name => body.includes(name)))
      this.#before.set(departure, await this.#read(departure));
  }

  async after(call: Call): Promise<void> {
    const departure = theSame(this.#before, call);
    const before = departure && this.#before.get(departure);
    if (departure === undefined || before === undefined) return;
    this.#before.delete(departure);
    const after = await this.#read(call);
    this.#findings.count('changes of the ledger looked at');
    const [from, to] = [Number(before['pages']?.N ?? 0), Number(after['pages']?.N ?? 0)];
    this.#findings.expect(from <= to, 5, `a checkpoint went from page ${from} back to page ${to}`);
    for (const name of FIRST_WORDS)
      this.#findings.expect(
        before[name] === undefined || canonical(before[name]) === canonical(after[name]),
        4,
        `${name} of a run was there, and was changed`,
      );
  }

  async #read({ body }: Departure): Promise<LedgerItem> {
    const { Key } = JSON.parse(body.toString('utf8')) as { readonly Key: LedgerItem };
    const command = new GetItemCommand({ TableName: LEDGER, Key, ConsistentRead: true });
    return (await this.#clients.dynamodb.send(command)).Item ?? {};
  }
}

type LedgerItem = Record<string, AttributeValue>;

function theSame(departures: ReadonlyMap<Departure, unknown>, call: Call): Departure | undefined {
  return [...departures.keys()].find(
    ({ party, body, target }) => party === call.party && body === call.body && target === call.target,
  );
}

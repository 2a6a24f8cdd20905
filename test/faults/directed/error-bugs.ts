import type { AwsResponse } from '../../../emulator/protocol/request.ts';
import { Random } from '../random.ts';
import { withRecords } from '../planted-ports.ts';
import type { WorkerPorts } from '../service.ts';
import type { Violation } from '../violations.ts';
import { VirtualTime } from '../virtual-time.ts';
import type { Departure } from '../wire.ts';
import { injectionOf, responseOf, type Answer } from './answers.ts';
import type { WireBug } from './director.ts';
import { PART } from './places.ts';
import { CALLS, type Call, type Cause, type Meaning, type Row } from './situations.ts';
import { checkRecords } from './stories.ts';
import { learnRolesOf, World, type WorldBug } from './world.ts';

/** A planted bug: in every call of one kind, an answer from AWS is mistaken for another one. */
export interface ErrorBug {
  readonly call: number;
  readonly row: number;
  /** What the answer is mistaken for; absent for the unchanged product. */
  readonly takenFor?: Meaning;
}

/** Each answer of each call, and each other answer that it can be mistaken for. */
export function errorBugs(): { readonly sound: readonly ErrorBug[]; readonly planted: readonly ErrorBug[] } {
  const sound = CALLS.flatMap(({ rows }, call) => rows.map((_, row): ErrorBug => ({ call, row })));
  const planted = sound.flatMap(one => {
    const { rows, takenFor } = CALLS[one.call]!;
    const row = rows[one.row]!;
    const right = row.means;
    return (Object.keys(takenFor) as Meaning[])
      .filter(meaning => !right.includes(meaning))
      .filter(meaning => isBehind(row, meaning) || !isSame(row, takenFor[meaning]))
      .map(meaning => ({ ...one, takenFor: meaning }));
  });
  return { sound, planted };
}

/** The same answer can mean different things: for one record or for all of them, or for another invocation. */
function isSame({ answer }: Row, other: Answer | undefined): boolean {
  return other !== undefined && 'error' in other && other.error === answer.error;
}

/** The product asks about other records to tell "all refused" from "one refused", so this bug is planted after that. */
function isBehind({ cause }: Row, meaning: Meaning): boolean {
  return cause === 'every call' && meaning === 'blocked';
}

export function errorBugText({ call, row, takenFor }: ErrorBug): string {
  const { name, rows } = CALLS[call]!;
  const { answer, cause, means } = rows[row]!;
  const right = `${name}, ${answer.error} (${cause}): ${means.join(' or ')}`;
  return takenFor === undefined ? right : `${right}; taken for ${takenFor}`;
}

/** Time of an invocation: longer than the product waits for a record that somebody else holds. */
const INVOCATION_MS = 80_000;
const SEED = 1;
/** The record that the answer is about, and another one. */
const RECORDS = 2;

/** Lets AWS give this answer, and returns what is wrong with the product's reaction. */
export async function understand({
  call: at,
  row: which,
  takenFor,
}: ErrorBug): Promise<readonly Violation[]> {
  const call = CALLS[at]!;
  const row = call.rows[which]!;
  learnRolesOf(call.form);
  const random = new Random(SEED);
  return VirtualTime.run(random.fork(), async time => {
    const world = new World(call.form, bugOf(call, row, takenFor), { time, random });
    const { findings, director } = world;
    await world.build();
    world.invocationMs = INVOCATION_MS;
    if (call.rollsBack === true) await world.work('migrate', 'run-1', { pageSize: 100 });
    await bringAbout(world, call, row);
    const seen = await meaningOf(world, call);
    director.faults = () => undefined;
    findings.expect(row.means.includes(seen as Meaning), 6, `it was taken for ${seen}`);
    await checkRecords(world);
    return findings.violations;
  });
}

function bugOf(call: Call, row: Row, takenFor: Meaning | undefined): WorldBug {
  const other = takenFor === undefined ? undefined : call.takenFor[takenFor];
  if (other === undefined) return {};
  if (takenFor !== undefined && isBehind(row, takenFor)) return { ports: blockingAll };
  return mistaking(call, row, other);
}

function blockingAll(ports: WorkerPorts): WorkerPorts {
  const blocked = (): { kind: 'blocked'; reason: string } => ({ kind: 'blocked', reason: 'mistaken' });
  return withRecords(ports, {
    write: (record, change) => ports.records.write(record, change).catch(blocked),
  });
}

/** Replaces only the answer that the row is about, so that others keep their meaning. */
function mistaking(call: Call, { answer: right }: Row, other: Answer): WireBug {
  const isIt = ({ status, headers, body }: AwsResponse, departure: Departure): boolean =>
    call.is(departure) &&
    status === right.status &&
    (departure.operation === 'HeadObject' ||
      headers['x-amzn-errortype'] === right.error ||
      body.toString().includes(right.error));
  return {
    understands: (answer, departure) => (isIt(answer, departure) ? responseOf(other, departure) : answer),
  };
}

async function bringAbout(world: World, call: Call, { answer, cause }: Row): Promise<void> {
  const { director, owners, there, keys } = world;
  const [owner] = owners;
  const { id } = owner!.place;
  const edk = (await owner!.place.read())?.[PART.dataKey] ?? '';
  const isOfOne = ({ target, body }: Departure): boolean =>
    target.endsWith(`/${id}`) || body.includes(JSON.stringify(id)) || body.includes(edk);
  const acts: Readonly<
    Record<Exclude<Cause, 'one record' | 'every call' | 'lost answer'>, () => Promise<void>>
  > = {
    rotated: () => owner!.rotate(keys.old),
    removed: () => owner!.remove(),
    copied: () => there[0]!.rotate(keys.new),
    'delivered twice': () => world.again(),
  };
  world.again = async () => {
    await world.work('migrate', 'run-1', { pageSize: 100 });
  };
  if (cause === 'one record' || cause === 'every call') {
    director.faults = departure =>
      call.is(departure) && (cause === 'every call' || isOfOne(departure)) ? injectionOf(answer) : undefined;
    return;
  }
  let happened = false;
  const isOne = ['lost answer', 'delivered twice'].includes(cause) ? () => true : isOfOne;
  director.onMoment = ({ departure }) => {
    if (happened || !call.is(departure) || !isOne(departure)) return undefined;
    happened = true;
    return cause === 'lost answer' ? 'its answer gets lost' : acts[cause];
  };
}

const ENDS: Readonly<Record<string, Meaning>> = {
  PremiseBroken: 'ends the run',
  ServiceUnavailable: 'is tried again',
  UnitConflict: 'another has it',
};

/** How the product understood the answer, judged by its books or by how it ended. */
async function meaningOf(world: World, { rollsBack }: Call): Promise<string> {
  try {
    const { books } = await world.stage('migrate', () =>
      rollsBack === true
        ? world.work('rollback', 'run-2', { rollsBack: 'run-1', pageSize: 100 })
        : world.work('migrate', 'run-1', { pageSize: 100 }),
    );
    const { rewrapped = 0, ...others } = books.outcomes;
    const kinds = Object.entries(others);
    if (rewrapped === RECORDS && kinds.length === 0) return 'rewrapped';
    if (books.records === 0) return 'nothing seen';
    if (rewrapped === RECORDS - 1 && kinds.length === 0 && books.records === RECORDS - 1) return 'not there';
    const [[kind, count] = ['', 0]] = kinds;
    const alone = kinds.length === 1 && (rollsBack === true || (rewrapped === RECORDS - 1 && count === 1));
    return alone ? kind : JSON.stringify(books.outcomes);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'Error' && message.includes('has no plan')) return 'has no plan';
    return ENDS[name] ?? `${name}: ${message}`;
  }
}

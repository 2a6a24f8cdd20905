import type { Injection } from '../../../emulator/faults.ts';
import type { Act, Moment } from './director.ts';
import { LEDGER } from '../weather.ts';
import { FORMS, formText, FORWARD, REFUSED, WITH_COPIES } from './forms.ts';
import type { Owner } from './owner.ts';
import { Random } from '../random.ts';
import { PART, type Parts } from './places.ts';
import type { World, Form } from './world.ts';

/** Something that the product does, from its start to its visible result. */
export interface Story {
  readonly name: string;
  readonly form: Form;
  tell(world: World): Promise<void>;
  /** What somebody may do at a moment, by name. */
  acts(world: World, moment: Moment): Readonly<Record<string, Act>>;
}

/** Every record is as its application left it, and opens. */
export async function checkRecords({ owners, there, findings }: World): Promise<void> {
  for (const owner of [...owners, ...there.filter(({ exists }) => exists)]) {
    const complaint = await owner.complaint();
    if (complaint === undefined) continue;
    const lost = /cannot be|another data key|does not open/.test(complaint);
    findings.violate(lost ? 4 : 2, `${owner.place.id} in ${owner.place.store} ${complaint}`);
  }
  for (const [index, owner] of owners.entries()) {
    const copy = there[index];
    if (copy === undefined || copy.exists) continue;
    const complaint = await owner.complaintOfCopy(copy.place);
    findings.expect(complaint === undefined, 4, `the copy of ${owner.place.id} ${complaint}`);
  }
}

/** If two invocations work on a unit, one is told so and ends. Called again, it finds what the other one has done. */
async function oneOfTwo<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!world.twice || (error as Error).name !== 'UnitConflict') throw error;
    return work();
  }
}

/** A run that is interrupted, then one that is not and must finish the work; then the old key is disabled. */
async function migrates(world: World): Promise<void> {
  const { findings } = world;
  await pass(world, 'migrate', 'run-1');
  await checkRecords(world);
  if (world.form.large === true) {
    const left = await world.uploadsLeft();
    findings.expect(left === 0 || world.died, 8, `${left} uploads are left, whose parts are billed`);
  }
  await world.calmly('migrate', () => world.work('migrate', 'run-2'));
  await checkRecords(world);
  const { books } = await pass(world, 'verify', 'run-2');
  const records = world.owners.filter(({ exists }) => exists).length;
  findings.expect(books.remaining === 0, 4, `${books.remaining} remain after a run in still water`);
  findings.expect(books.records === records, 5, `${records} records, ${books.records} in the books`);
  await world.disableOldKey();
  for (const owner of world.owners) await owner.saveAgain();
  if (world.form.copies === undefined) await checkRecords(world);
}

/** One complete pass of a run, which is interrupted on the way. */
async function pass(
  world: World,
  phase: 'migrate' | 'verify' | 'rollback',
  runId: string,
): ReturnType<World['work']> {
  const changes = phase === 'rollback' ? { rollsBack: 'run-1' } : {};
  const work = (): ReturnType<World['work']> => world.work(phase, runId, changes);
  world.again = async () => {
    world.twice = true;
    await oneOfTwo(world, work);
  };
  return world.stage(phase, () => oneOfTwo(world, work));
}

/** A run and then its rollback, which is interrupted. */
async function rollsBack(world: World): Promise<void> {
  const { findings, owners } = world;
  const seeded = await Promise.all(
    owners.map(async ({ place, writes }) => ({ parts: await place.read(), writes })),
  );
  await world.calmly('migrate', () => world.work('migrate', 'run-1'));
  await world.time.sleep(5_000);
  await pass(world, 'rollback', 'run-2');
  await checkRecords(world);
  await checkOwn(world);
  await world.calmly('rollback', () => world.work('rollback', 'run-3', { rollsBack: 'run-1' }));
  await checkRecords(world);
  await checkOwn(world);
  for (const [index, { place, writes }] of owners.entries()) {
    if (writes !== seeded[index]?.writes) continue;
    const [now, before] = [await place.read(), seeded[index].parts];
    const [version, others] = apart(now);
    const [was, othersBefore] = apart(before);
    findings.expect(others === othersBefore, 'rollback', `${place.id} is not, byte for byte, what it was`);
    findings.expect(
      version === was || Number(version) > Number(was),
      'rollback',
      `${place.id} went back from version ${was} to ${version}`,
    );
  }
}

/** The version of a record, and everything else in it. A version never goes back. */
function apart(parts: Parts | undefined): readonly [string | undefined, string] {
  const { [PART.version]: version, ...others } = parts ?? {};
  return [version, JSON.stringify(sorted(others))];
}

/** The product may raise a version after the application has written it. */
function isKept(name: string, now: string | undefined, written: string | undefined): boolean {
  return name === PART.version && now !== undefined ? Number(now) >= Number(written) : now === written;
}

/** What an application writes beside the data key during a rollback stays as it was written. */
async function checkOwn({ owners, findings }: World): Promise<void> {
  for (const { place, own } of owners) {
    const parts = await place.read();
    for (const [name, text] of own)
      findings.expect(
        isKept(name, parts?.[name], text),
        2,
        `${place.id}: ${name} is not what its application wrote`,
      );
  }
}

/**
 * AWS refuses writes to two records. To find out whether it may write to any, the product tries writes without effect on
 * records that it need not change.
 */
async function isRefused(world: World): Promise<void> {
  const { owners, keys, watch, director } = world;
  const [first, second, ...others] = owners;
  for (const owner of others) await owner.rotate(keys.new);
  if (world.form.copies === true) for (const copy of world.there.slice(2)) await copy.rotate(keys.new);
  await world.time.sleep(5_000);
  watch.intents.clear();
  const denied = [first, second].flatMap(owner => owner ?? []).flatMap(({ place }) => place.id);
  director.faults = departure =>
    isWrite(departure) && denied.some(id => isOf(departure, id)) ? refusalOf(departure) : undefined;
  // For the refused records the product asks as in other stories; this story is about what it asks for the other records.
  director.about = departure =>
    isWrite(departure) && departure.target !== LEDGER && !denied.some(id => isOf(departure, id));
  await world.stage('ask elsewhere', () => world.work('migrate', 'run-1', { pageSize: 100 }));
  director.faults = () => undefined;
  await checkRecords(world);
}

function isWrite({ operation }: Moment['departure']): boolean {
  return ['UpdateItem', 'PutItem', 'CopyObject'].includes(operation);
}

function isOf({ target, body }: Moment['departure'], id: string): boolean {
  return target.endsWith(`/${id}`) || body.includes(JSON.stringify(id));
}

function refusalOf({ service }: Moment['departure']): Injection {
  return service === 's3'
    ? { kind: 'error', error: 'AccessDenied', status: 403 }
    : { kind: 'error', error: 'AccessDeniedException', status: 400 };
}

/** Two runs want the stores of one job. A run that has ended gives them back while another one takes them. */
async function locks(world: World): Promise<void> {
  const { findings } = world;
  for (const round of [1, 2]) {
    const holders = new Set<string>();
    const take = async (runId: string): Promise<void> => {
      if (await world.take(runId)) holders.add(runId);
    };
    world.rival = () => take(`rival-${round}`);
    await world.stage('take locks', () => take(`run-${round}`));
    findings.expect(holders.size === 1, 4, `${[...holders].join(' and ')} hold one store`);
    const [holder = ''] = holders;
    world.over.add(holder);
    world.rival = () => take(`heir-${round}`);
    await world.stage('give locks back', () => world.give(holder));
    holders.delete(holder);
    await take(`next-${round}`);
    findings.expect(
      holders.size === 1,
      4,
      `${[...holders].join(' and ')} hold one store after it was given back`,
    );
    for (const runId of holders) await world.calmly('give locks back', () => world.give(runId));
  }
}

/** Requests per second. Two workers take their shares of this rate at the same time; a third one finds what is left. */
const RATE = 10;

async function shares(world: World): Promise<void> {
  // In the second round there are places that were given back.
  for (const round of [1, 2]) {
    const [first, second, third] = [1, 2, 3].map(seed => {
      const chances = new Random(seed);
      // The first two workers look at the same free place first.
      const next = [0.5, ...(seed === 3 ? [] : [0.5])];
      return world.shareOf(`u${round}-${seed}`, { next: () => next.pop() ?? chances.next() });
    });
    const taken = [0, 0, 0];
    world.rival = async () => {
      taken[1] = (await second!.take(RATE)) ?? 0;
    };
    await world.stage('take shares', async () => {
      taken[0] = (await first!.take(RATE)) ?? 0;
    });
    taken[2] = (await third!.take(RATE)) ?? 0;
    const sum = taken.reduce((total, share) => total + share, 0);
    world.findings.expect(sum <= RATE * 1.000001, 7, `three workers took ${taken.join(', ')} of ${RATE}`);
    await world.calmly('take shares', async () => {
      for (const share of [first, second, third]) await share!.giveBack();
    });
  }
}

/** A rollback is planned twice: anything still running of the run that it rolls back is stopped for good the first time. */
async function fences(world: World): Promise<void> {
  world.rival = () => world.breakPremise('run-1');
  await world.stage('fence', () => world.fence('run-1'));
  await world.time.sleep(1_000);
  await world.stage('fence', () => world.fence('run-1'));
}

const LOST: Readonly<Record<string, Act>> = { 'its answer gets lost': 'its answer gets lost' };

/** What happens to a unit does not depend on the form of its records, so it is told for one form only. */
function actsOnUnit({ form, again }: World, { request }: Moment): Readonly<Record<string, Act>> {
  if (request.endsWith('a share')) return {};
  if (form.records === undefined) return isWriteOfRecord(request) ? LOST : {};
  return { ...LOST, ...(request.endsWith('a checkpoint') && { 'its unit is delivered twice': again }) };
}

function isWriteOfRecord(request: string): boolean {
  return !['journal', 'a checkpoint', 'a share'].some(other => request.includes(other));
}

/** Something beside the data key is changed or removed. */
function actsBeside(owner: Owner, name: string, text: string): Readonly<Record<string, Act>> {
  return {
    [`gets another ${name}`]: () => owner.setBeside(name, text),
    [`loses its ${name}`]: () => owner.setBeside(name, undefined),
  };
}

/** Everything that an application may do to a record that the product is about to write. */
function actsOnRecord(world: World, { departure }: Moment): Readonly<Record<string, Act>> {
  const { keys, form } = world;
  const owner = world.owners.find(one => isAbout(departure, one));
  const copy = world.there.find(one => isAbout(departure, one));
  if (copy !== undefined) return actsOnCopy(world, copy, departure);
  if (owner === undefined) return {};
  const keyId = keys.old.split('/')[1] ?? '';
  if (form.large === true) return actsOnLargeObject(world, owner, departure);
  // What is the same for all forms is told only for the forms that have a label and nothing else.
  const plain = Object.keys(form).join() === 'place,label';
  return {
    'gets another data key': () => owner.rotate(keys.old),
    ...(plain && {
      'gets another data key, under the new key': () => owner.rotate(keys.new),
      'is written again': () => owner.rewrite(),
      'gets another note': () => owner.annotate(),
      'is deleted': () => owner.remove(),
    }),
    ...(form.label === true && actsBeside(owner, PART.label, keyId)),
    ...(form.algorithm !== undefined && actsBeside(owner, PART.algorithm, 'RSAES_OAEP_SHA_256')),
    ...(form.writeTo === true && actsBeside(owner, PART.newLabel, keyId)),
    ...(form.writeTo === true && actsBeside(owner, PART.newDigest, '0'.repeat(64))),
    ...(form.version === true && { 'is saved under its next version': () => owner.save() }),
    ...(form.writeTo === true && { 'gets a new data key of its own': () => owner.fillNewKey(keys.new) }),
    ...(form.versionedBucket === true && versions(owner)),
  };
}

/**
 * An upload is completed on condition of an ETag alone. So who changes nothing but metadata, to an object with that ETag, in the
 * moment after the last look is not seen: docs/guarantees.md, 2.
 */
function actsOnLargeObject(
  world: World,
  owner: Owner,
  { operation, party }: Moment['departure'],
): Readonly<Record<string, Act>> {
  const { keys } = world;
  return {
    'gets another data key': () => owner.rotate(keys.old),
    'gets another data key, under the new key': () => owner.rotate(keys.new),
    'is written again': () => owner.rewrite(),
    'is deleted': () => owner.remove(),
    'its worker dies': () => {
      world.died = true;
      party.kill();
      return Promise.resolve();
    },
    ...(operation !== 'CompleteMultipartUpload' && {
      'gets another note': () => owner.annotate(),
      ...actsBeside(owner, PART.label, keys.old.split('/')[1] ?? ''),
    }),
  };
}

function actsOnCopy(
  world: World,
  copy: Owner,
  { operation }: Moment['departure'],
): Readonly<Record<string, Act>> {
  const { keys, form } = world;
  const keyId = keys.old.split('/')[1] ?? '';
  return {
    'another copy is made': () => copy.rotate(keys.new),
    'it is copied as it is': () => world.copyTo(copy),
    'the source gets another data key': () => source(world, copy).rotate(keys.old),
    'the source is written again': () => source(world, copy).rewrite(),
    'the source is deleted': () => source(world, copy).remove(),
    ...(form.copied === true && {
      'another copy is made, under the old key': () => copy.rotate(keys.old),
      // What actsOnLargeObject says.
      ...(operation !== 'CompleteMultipartUpload' && {
        'gets another note': () => copy.annotate(),
        ...actsBeside(copy, PART.label, keyId),
      }),
    }),
    ...(form.versionedBucket === true && { 'loses its newest version': () => copy.uncover() }),
  };
}

function versions(owner: Owner): Readonly<Record<string, Act>> {
  return {
    'loses its newest version': () => owner.uncover(),
    'loses its two newest versions': async () => {
      await owner.uncover();
      await owner.uncover();
    },
  };
}

function source({ owners }: World, copy: Owner): Owner {
  return owners.find(({ place }) => place.id === copy.place.id) ?? copy;
}

function isAbout({ target, body }: Moment['departure'], { place: { store, id } }: Owner): boolean {
  return target === `${store}/${id}` || (target === store && body.includes(JSON.stringify(id)));
}

function sorted(parts: Readonly<Record<string, string>> = {}): unknown {
  return Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
}

function actsOnAll(world: World, moment: Moment): Readonly<Record<string, Act>> {
  return { ...actsOnUnit(world, moment), ...actsOnRecord(world, moment) };
}

export const STORIES: readonly Story[] = [
  ...[...FORMS, ...FORWARD, ...WITH_COPIES].map(form => ({
    name: `migrates: ${formText(form)}`,
    form,
    tell: migrates,
    acts: actsOnAll,
  })),
  ...FORMS.map(form => ({
    name: `rolls back: ${formText(form)}`,
    form,
    tell: rollsBack,
    acts: actsOnAll,
  })),
  ...REFUSED.map(form => ({
    name: `asks elsewhere: ${formText(form)}`,
    form,
    tell: isRefused,
    acts: (world: World, { departure }: Moment) => {
      const record = [...world.owners, ...world.there].find(one => isAbout(departure, one));
      return record === undefined ? {} : { 'is deleted': () => record.remove() };
    },
  })),
  {
    name: 'locks',
    form: { place: 'table' },
    tell: locks,
    acts: world => ({ ...LOST, 'another run is faster': () => world.rival() }),
  },
  {
    name: 'shares',
    form: { place: 'table' },
    tell: shares,
    acts: world => ({ ...LOST, 'another worker is faster': () => world.rival() }),
  },
  {
    name: 'fences',
    form: { place: 'table' },
    tell: fences,
    acts: world => ({ ...LOST, 'a worker cannot go on': () => world.rival() }),
  },
];

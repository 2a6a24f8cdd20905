import { ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LedgerFollowBook } from '../../lambda/adapters/state/follow-book.ts';
import { itemOfRun, ledgerKey } from '../../lambda/adapters/state/ledger-keys.ts';
import { LedgerExpiry } from '../../lambda/adapters/state/ledger-expiry.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import { freshProgress } from '../../lambda/core/account/unit-progress.ts';
import { proofId } from '../../lambda/core/proof/proof-id.ts';
import { begunProofs } from '../../lambda/core/proof/plan-proofs.ts';
import { plan, UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { createLedger } from '../support/ledger-table.ts';

const STATE = fileURLToPath(new URL('../../lambda/adapters/state/', import.meta.url));
const SOURCE = 'arn:aws:kms:us-east-1:111122223333:key/11111111-1111-1111-1111-111111111111';
const FOLLOW = {
  streams: ['arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/1'],
  untilQuietDays: 14,
};
const RESOURCE = 'dynamodb:us-east-1:Orders';

let aws: Embedded;
beforeAll(async () => {
  aws = await embedded();
});
afterAll(() => aws.stop());

let tables = 0;
const ledgerTable = (): Promise<string> => createLedger(aws.dynamodb, `Keys${++tables}`);

/** An item of each kind, written by the code that writes it in a run. */
async function writeEveryKind(table: string, runId: string): Promise<string> {
  const ledger = new DynamoDbLedger(aws.dynamodb, table);
  const history = new LedgerHistory(aws.dynamodb, table);
  const follows = new LedgerFollowBook(aws.dynamodb, table);
  const locks = new LedgerStoreLocks(aws.dynamodb, table);
  const ofRun = plan({ runId, job: 'orders', jobDigest: 'digest', mode: 'migrate' });
  const [proof] = begunProofs(ofRun);
  await ledger.checkpoint(freshProgress({ ...UNIT, runId }, 'migrate'), 0);
  await ledger.renewLease(runId, 1);
  await ledger.noteTrouble(runId, 'words');
  await ledger.setRate(runId, 5);
  await ledger.pause(runId, false);
  await ledger.remember(runId);
  await ledger.fence(runId, 1);
  await ledger.noteVerifying(runId);
  await history.remember(ofRun);
  await history.rememberLatest(ofRun, true);
  await ledger.distrustJournals(ofRun.job);
  await history.knownSince('orders', 'digest', 1);
  await history.rememberProofs([proof!]);
  await follows.deployed('orders', FOLLOW, 1);
  await follows.looked('orders', 2);
  await follows.saw('orders', new Map([[SOURCE, 3]]), 4);
  await follows.end('orders', 5);
  await follows.withdraw('orders', 6);
  await locks.replace(RESOURCE, 0, []);
  await locks.replaceFollowers(RESOURCE, 1, [{ id: 'invocation', job: 'orders', until: 1 }]);
  await new LedgerShareBook(aws.dynamodb, table).write('us-east-1', { id: 'slot-1', version: 0 }, undefined);
  return proofId(proof!);
}

async function itemsOf(TableName: string) {
  const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items;
}

describe('the ledger', () => {
  it('has an item of each kind under the key, and with the attributes, that earlier versions have written', async () => {
    const table = await ledgerTable();
    const id = await writeEveryKind(table, 'run-1');
    const attributes = (await itemsOf(table)).map(({ run, item, ...others }) => [
      `${run?.S} ${item?.S}`,
      Object.keys(others).sort().join(' '),
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      'run-1 CONTROL':
        'brokenPremise fencedAt kmsRequestsPerSecond leaseUntil paused succeeded trouble verifying',
      [`run-1 migrate#${UNIT.unitId}`]: 'pages progress writer',
      'STORE#dynamodb:us-east-1:Orders LAST-MIGRATION': 'migration',
      'JOB#orders LATEST#migrate': 'contradictions finished latest',
      'JOB#orders SCHEDULE': 'schedule since',
      'FOLLOWS job:orders': `endedAt follow late:${SOURCE} lateAt lookedAt since withdrawnAt`,
      [`PROOFS ${id}`]: 'proof',
      [`LOCKS ${RESOURCE}`]: 'followers holders version',
      'KMS#us-east-1 slot-1': 'expiresAt lease version',
    });
  });

  it.each(['PROOFS', 'LOCKS', 'FOLLOWS'])(
    "lets only a run's own items expire when the run ends, even if its name is %s",
    async runId => {
      const table = await ledgerTable();
      await writeEveryKind(table, runId);
      await new LedgerExpiry(aws.dynamodb, table).letExpire(runId, 0, { remaining: () => 900_000 });
      const dated = (await itemsOf(table)).filter(({ run, expiresAt }) => run?.S === runId && expiresAt);
      expect(dated.map(({ item }) => item?.S).sort()).toEqual(['CONTROL', `migrate#${UNIT.unitId}`]);
    },
  );

  it('never has two kinds under one key, whatever runs, jobs and stores are called (property)', () => {
    /** Names that Step Functions accepts for an execution: no white space, and none of the characters that it rules out. */
    const runId = fc.oneof(
      fc.constantFrom('PROOFS', 'LOCKS', 'FOLLOWS', 'CONTROL'),
      fc.stringMatching(/^[\w.+=@-]{1,80}$/),
    );
    const phase = fc.constantFrom('migrate' as const, 'verify' as const, 'rollback' as const);
    const mode = fc.constantFrom(
      'migrate' as const,
      'census' as const,
      'verify' as const,
      'rollback' as const,
    );
    const name = fc.oneof(fc.constantFrom('CONTROL', 'PROOFS', 'LOCKS'), fc.string({ minLength: 1 }));
    const resource = fc.tuple(fc.constantFrom('dynamodb', 's3'), name, name).map(parts => parts.join(':'));
    fc.assert(
      fc.property(fc.record({ runId, phase, mode, name, resource }), given => {
        const keys = [
          ledgerKey.control(given.runId),
          ledgerKey.unit(given.runId, { phase: given.phase, unitId: given.name }),
          ledgerKey.lastMigration(given.resource),
          ledgerKey.latestRun(given.name, given.mode),
          ledgerKey.schedule(given.name),
          ledgerKey.follow(given.name),
          ledgerKey.proof(`${given.resource}#${given.name}`),
          ledgerKey.lock(given.resource),
          ledgerKey.share(given.name, given.name),
        ];
        const places = keys.map(({ run, item }) => JSON.stringify([run.S, item.S]));
        expect(new Set(places).size).toBe(keys.length);
        // Only the first two belong to a run. The others do not, even if they are in a run's partition.
        const inRuns = keys.filter(({ run }) => run.S === given.runId);
        expect(
          inRuns.map(({ item }) => itemOfRun(given.runId, item.S)?.kind).filter(kind => kind !== undefined),
        ).toEqual(['control', 'unit']);
      }),
      { numRuns: 500 },
    );
  });

  it('has its keys made in one file, which nothing else uses', () => {
    const files = readdirSync(STATE).filter(name => name !== 'ledger-keys.ts');
    const sources = files.map(name => ({ name, text: readFileSync(join(STATE, name), 'utf8') }));
    const makers = sources.filter(({ text }) => /item: \{ S:|run: \{ S:/.test(text));
    expect(makers.map(({ name }) => name)).toEqual([]);
    const users = sources.filter(({ text }) => text.includes("from './ledger-keys.ts'"));
    expect(users.map(({ name }) => name).sort()).toEqual([
      'follow-book.ts',
      'ledger-expiry.ts',
      'ledger.ts',
      'run-history.ts',
      'share-book.ts',
      'store-locks.ts',
    ]);
    const lambda = fileURLToPath(new URL('../../', import.meta.url));
    const elsewhere = ['lambda', 'lib', 'cli', 'bin'].flatMap(folder =>
      readdirSync(join(lambda, folder), { recursive: true, encoding: 'utf8' })
        .map(name => join(lambda, folder, name))
        .filter(path => path.endsWith('.ts') && !path.startsWith(STATE)),
    );
    expect(elsewhere.filter(path => readFileSync(path, 'utf8').includes('state/ledger-keys.ts'))).toEqual([]);
  });
});

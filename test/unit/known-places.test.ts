import type { Job, Store } from '../../lambda/core/model/job.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { KeyLookup } from '../../lambda/core/keys/catalog.ts';
import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { jobText } from '../../lambda/core/proof/plan-proofs.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { FOREIGN_KEY, job, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { key, keys, stores } from '../support/plan-ports.ts';
import { ENDED, placeAt, proof } from '../support/proofs.ts';

const NOW = Date.UTC(2026, 10, 22);
const OURS = { kind: 'used', at: ENDED - 60_000, operation: 'ReEncrypt', eventId: 'e-1' } as const;

describe('the places of a key', () => {
  const ALIAS = OLD_KEY.replace(/key\/.*/, 'alias/old');
  const of = (reference: string) => ({
    source: { keys: [{ key: reference, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' as const }] },
  });
  const base = job().stores[0]!;
  const table = (name: string, changes: Partial<TableStore> = {}): Store => ({
    ...base,
    table: name,
    ...changes,
  });
  const said = async (
    jobs: readonly Job[],
    proofs: readonly StoreProof[],
    describeKey: (reference: string) => KeyLookup = reference =>
      key(reference === ALIAS ? OLD_KEY : reference),
  ): Promise<RetireAdvice> => {
    const { key: asked } = key(OLD_KEY) as Extract<KeyLookup, { kind: 'found' }>;
    return retireCheck(
      await gatherFacts(
        { key: asked, jobs, formats, proofs, now: NOW },
        {
          keys: keys({ describeKey: reference => Promise.resolve(describeKey(reference)) }),
          usageOf: () => Promise.resolve(OURS),
          stores: stores(),
        },
      ),
    );
  };
  const blocking = ({ findings }: RetireAdvice): string =>
    findings
      .filter(({ weight }) => weight === 'blocks')
      .map(({ about, words }) => `${about}: ${words}`)
      .join('\n');
  const current = (changes: Partial<StoreProof> = {}): StoreProof =>
    proof({ jobText: jobText(base), ...changes });

  it('are proven by what was said of the same job text', async () => {
    expect(await said([job()], [current()])).toMatchObject({ verdict: 'disable' });
    const unread = await said([job()], [current({ at: new Date(ENDED - 1).toISOString() })]);
    expect(unread.verdict).toBe('disable');
  });

  it.each<[string, Store]>([
    ['contexts', table('Orders', { format: { ...base.format, encryptionContext: { tenant: 'acme' } } })],
    ['encoding', table('Orders', { format: { ...base.format, encoding: 'base64' } })],
    ['answers', table('Orders', { ignore: ['audit'] })],
    ['expectations', table('Orders', { withoutDataKey: 'expected' })],
  ])('are not proven any more where the job has other %s since', async (_, store) => {
    const advice = await said([job({ stores: [store] })], [current()]);
    expect(advice.verdict).toBe('keep');
    expect(blocking(advice)).toContain(
      'has changed since run run-1 proved it; rewrap run orders --mode verify',
    );
  });

  it('are not proven by a job of another name that had answers which the job for them has not', async () => {
    const answered = current({ job: 'before', jobText: jobText(table('Orders', { ignore: ['legacy'] })) });
    const advice = await said([job()], [answered]);
    expect(advice.verdict).toBe('keep');
    expect(blocking(advice)).toContain(
      'the job orders says something else about it (format, contexts or answers) than the job before did when run run-1 proved it; rewrap run orders --mode verify',
    );
    const away = job({ source: { keys: [{ ...job().source.keys[0]!, key: FOREIGN_KEY }] } });
    expect((await said([away], [answered])).verdict).toBe('disable');
  });

  it.each([
    ['is disabled', { state: 'Disabled' }, 'is disabled'],
    ['is to be deleted', { state: 'PendingDeletion' }, 'deletion'],
    ['is deleted', undefined, 'does not exist'],
  ])('keep the key as long as the key to which they were moved %s', async (_, now, words) => {
    const destination = (reference: string): KeyLookup =>
      reference !== NEW_KEY
        ? key(reference)
        : now === undefined
          ? { kind: 'not-found' }
          : key(reference, now);
    const advice = await said([job()], [current()], destination);
    expect(advice.verdict).toBe('keep');
    expect(blocking(advice)).toContain(`${NEW_KEY}: `);
    expect(blocking(advice)).toContain(words);
    expect(blocking(advice)).toContain('a rollback of run run-1 to this key may be what is left');
  });

  it('do not because of a key from which a later run has moved them on', async () => {
    const onwards = current({
      ...{ job: 'next', runId: 'run-2', sourceKeyArns: [NEW_KEY], destinationKeyArn: FOREIGN_KEY },
      at: new Date(ENDED + 1).toISOString(),
    });
    const off =
      (...arns: readonly string[]) =>
      (reference: string) =>
        key(reference, arns.includes(reference) ? { state: 'Disabled' } : {});
    expect((await said([job()], [current(), onwards], off(NEW_KEY))).verdict).toBe('disable');
    const advice = await said([job()], [current(), onwards], off(NEW_KEY, FOREIGN_KEY));
    expect(blocking(advice)).toMatch(new RegExp(`^${FOREIGN_KEY}: is disabled.* a rollback of run run-1 to`));
  });

  it('do not if the key to which they were moved may not be described', async () => {
    const denied = (reference: string): KeyLookup =>
      reference === NEW_KEY ? { kind: 'denied', message: 'no' } : key(reference);
    expect((await said([job()], [current()], denied)).verdict).toBe('disable');
  });

  it('wait for a run that has begun there since, and has not told what it found', async () => {
    const begun = (hours: number, changes: Partial<StoreProof> = {}): StoreProof =>
      current({
        ...{ runId: 'run-2', mode: 'verify', begun: true, verdict: 'not-proven', remaining: null },
        ...{ at: new Date(ENDED + hours * 3_600_000).toISOString(), ...changes },
      });
    const verdict = async (one: StoreProof): Promise<string> =>
      (await said([job()], [current(), one])).verdict;
    expect(await verdict(begun(1))).toBe('wait');
    expect((await said([job()], [current(), begun(1)])).findings.map(({ words }) => words).join()).toContain(
      'run run-2 (verify of the job orders) has begun there at 2026-11-21T01:00:00.000Z, and has not told what it found',
    );
    expect(await verdict(begun(1, { part: { words: 'a part', sample: 10 } }))).toBe('wait');
    expect(await verdict(begun(-1))).toBe('disable');
    expect(await verdict(begun(1, { slot: 'other', place: placeAt('dynamodb:us-east-1:Other') }))).toBe(
      'keep',
    );
    expect(await verdict(begun(1, { sourceKeyArns: [FOREIGN_KEY] }))).toBe('disable');
  });

  it('stay proven if the fields of the job are in another order, or if the job is gone', async () => {
    const { type, dataKey, ...others } = base.format;
    const reordered = table('Orders', { format: { ...others, dataKey, type } });
    expect((await said([job({ stores: [reordered] })], [current()])).verdict).toBe('disable');
    expect((await said([], [current()])).verdict).toBe('disable');
  });

  it('include those of a job whose alias once named the key, as a run recorded, and now names another one', async () => {
    const stores = [table('Orders'), table('Invoices')];
    const moved = (reference: string) => key(reference === ALIAS ? FOREIGN_KEY : reference);
    const ran = current({ sourceKeyArns: [OLD_KEY, ALIAS] });
    const advice = await said([job({ ...of(ALIAS), stores })], [ran], moved);
    expect(advice.verdict).toBe('keep');
    expect(blocking(advice)).toMatch(/Invoices.*no run of the job orders/);
    const other = OLD_KEY.replace(/key\/.*/, 'alias/other');
    const both = current({ sourceKeyArns: [OLD_KEY, FOREIGN_KEY, other] });
    const unrelated = job({ ...of(other), name: 'unrelated', stores: [table('Invoices')] });
    const apart = (reference: string) => key(reference === other ? FOREIGN_KEY : reference);
    expect((await said([job(), unrelated], [both], apart)).verdict).toBe('disable');
  });

  it('may include those of a job whose alias cannot be resolved', async () => {
    const gone = (reference: string): KeyLookup =>
      reference === ALIAS ? { kind: 'not-found' } : key(reference);
    const advice = await said([job(), job({ ...of(ALIAS), name: 'late' })], [current()], gone);
    expect(blocking(advice)).toContain('job late: its source alias');
  });

  it('no longer include a misspelt place in which a run found nothing, once the job names the right one', async () => {
    const nothing = { verdict: 'not-proven', proven: 0, dataKeys: 0, remaining: 0 } as const;
    const early = new Date(ENDED - 1).toISOString();
    const words = 'no data key where the job looks';
    const misspelt = current({
      ...{ ...nothing, slot: 'Edk', at: early, records: 20 },
      doubts: [{ code: 'no-data-key-found', words }],
    });
    expect(blocking(await said([job()], [misspelt]))).toContain(words);
    const advice = await said([job()], [misspelt, current()]);
    expect(advice.verdict).toBe('disable');
    expect(advice.findings.map(({ about }) => about)).toContain('dynamodb:us-east-1:Orders Edk');
    expect(advice.findings.map(finding => finding.words).join()).toContain('found no data key there');
    const found = { ...misspelt, dataKeys: 1, proven: 1 };
    expect((await said([job()], [found, current()])).verdict).toBe('keep');
    const { dataKeys: _d, ...uncounted } = misspelt;
    for (const [run, unknown] of Object.entries({
      'that did not end': { ...uncounted, begun: true as const },
      'of an earlier version': uncounted,
      'over a part': { ...misspelt, part: { words: 'segment 1 of 2', segments: { total: 2, only: [1] } } },
    }))
      expect([run, (await said([job()], [unknown, current()])).verdict]).toEqual([run, 'keep']);
    const named = table('Orders', { format: { ...base.format, dataKey: 'Edk' } });
    expect((await said([job({ stores: [base, named] })], [misspelt, current()])).verdict).toBe('keep');
    const prefix = (name: string, changes: Partial<StoreProof>): StoreProof =>
      current({ place: placeAt(`s3:us-east-1:documents/${name}`), ...changes });
    const empty = prefix('2062/', {
      ...nothing,
      at: early,
      records: 0,
      doubts: [{ code: 'nothing-there', words }],
    });
    expect(blocking(await said([job()], [current(), empty]))).toContain(words);
    expect((await said([job()], [current(), empty, prefix('2026/', {})])).verdict).toBe('disable');

    const later = prefix('2026/', { at: new Date(ENDED + 1).toISOString() });
    const { records: _r, ...restarted } = {
      ...empty,
      begun: true as const,
      at: new Date(ENDED).toISOString(),
    };
    expect((await said([job()], [current(), empty, restarted, later])).verdict).toBe('keep');
    const { records: _, ...begun } = { ...empty, begun: true as const };
    expect((await said([job()], [current(), begun, prefix('2026/', {})])).verdict).toBe('keep');
  });

  it('are listed with what was not looked at', async () => {
    const { notChecked } = await said([job()], [current()]);
    for (const words of [
      'Regions and accounts',
      'jobs in other folders',
      'bodies of objects',
      'noncurrent versions',
      'streams',
      'server-side encryption',
    ])
      expect(notChecked.join('\n')).toContain(words);
  });
});

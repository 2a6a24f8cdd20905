import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import { journalObjects } from '../../lambda/adapters/journal/export.ts';
import { checkStored } from '../../lambda/core/evidence/check-stored.ts';
import { checkUnit } from '../../lambda/core/evidence/check-unit.ts';
import type { Difference } from '../../lambda/core/evidence/check-object.ts';
import type { IntentEntry, OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { Sealed } from '../../lambda/core/model/seal.ts';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { UNIT } from '../support/builders.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

/** What a worker does with its journal, and what is left when it is killed. */
describe('the chain of a unit', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'journal' }));
  });
  afterAll(() => aws.stop());

  const worker = (job: string): S3Journal => new S3Journal(aws.s3, { bucket: 'journal', job });
  const intent = (locator: string) => [{ locator }] as unknown as readonly IntentEntry[];
  const outcome = (locator: string) => [{ locator }] as unknown as readonly OutcomeEntry[];
  const at = (page: number, sealed: Sealed | undefined) => ({
    ...{ unit: UNIT, page },
    ...(sealed !== undefined && { sealed }),
  });
  const differences = async (job: string, sealed: Sealed | undefined): Promise<readonly Difference[]> => {
    const found: Difference[] = [];
    for (const kind of ['intents', 'outcomes'] as const) {
      const objects = [];
      for await (const one of journalObjects(aws.s3, 'journal', { job, runId: UNIT.runId, kinds: [kind] }))
        objects.push(checkStored(one, UNIT.runId)!.checked);
      const { runId, unitId } = UNIT;
      found.push(...checkUnit({ ...{ kind, job, runId, unitId }, objects, seal: sealed?.[kind] }));
    }
    return found;
  };

  it('goes on from the checkpoint in the next invocation', async () => {
    const first = await worker('handover').writeOutcomes(at(0, undefined), outcome('a'));
    const last = await worker('handover').writeOutcomes(at(1, first), outcome('b'));
    expect(last?.outcomes).toMatchObject({ objects: 2, lines: 2 });
    expect(await differences('handover', last)).toEqual([]);
  });

  it('leaves out what a killed attempt has left, which is named', async () => {
    await worker('killed').writeIntents(at(0, undefined), intent('a'));
    const again = worker('killed');
    await again.writeIntents(at(0, undefined), intent('a'));
    const sealed = await again.writeOutcomes(at(0, undefined), outcome('a'));
    expect(sealed).toMatchObject({ intents: { objects: 1 }, outcomes: { objects: 1 } });
    const found = await differences('killed', sealed);
    expect(found.map(({ kind }) => kind)).toEqual(['not-sealed']);
    expect(found[0]?.object).toContain('intents/');
  });

  it('holds changes that are remade at the same time, one after the other', async () => {
    const journal = worker('races');
    const page = at(0, undefined);
    await Promise.all(['a', 'b', 'c', 'd'].map(locator => journal.writeIntents(page, intent(locator))));
    const sealed = await journal.writeOutcomes(page, outcome('a'));
    expect(sealed?.intents).toMatchObject({ objects: 4, lines: 4 });
    expect(await differences('races', sealed)).toEqual([]);
  });

  it('does not count an object that could not be written', async () => {
    const journal = worker('lost');
    const page = at(0, undefined);
    await journal.writeIntents(page, intent('a'));
    aws.aws.faults.inject({
      ...{ service: 's3', operation: 'PutObject', error: 'AccessDenied', status: 403, count: 1 },
    });
    await expect(journal.writeIntents(page, intent('b'))).rejects.toThrow();
    const sealed = await journal.writeOutcomes(page, outcome('a'));
    expect(sealed?.intents).toMatchObject({ objects: 1 });
    expect(await differences('lost', sealed)).toEqual([]);
  });
});

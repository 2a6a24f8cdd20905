import { job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';
import { key, keys, planOf, type Given } from '../support/plan-ports.ts';

/** A job within one key is about its key material. Plan says what can be known about it. */
const within = job({ destination: { ...use(OLD_KEY), dataKeyBytes: 32 } });
const NO_LIST = 'KMS lists no key materials of';
const listing: Given = {
  keys: keys({
    keyMaterials: keyArn => Promise.resolve([{ keyArn, keyMaterialId: 'm1', state: 'CURRENT' }]),
  }),
};
const custom: Given = {
  keys: keys({ describeKey: arn => Promise.resolve(key(arn, { customKeyStoreId: 'cks-1' })) }),
};

const warningsOf = async (given: Given, of = within, input: object = {}): Promise<string> =>
  (await planOf(given, { jobs: [of], input: { job: 'orders', mode: 'migrate', ...input } })).warnings.join(
    '\n',
  );

describe('the plan of a job within one key', () => {
  it('warns if KMS lists no key materials of it: its answers may not name them either', async () => {
    expect(await warningsOf({})).toContain(`${NO_LIST} ${OLD_KEY}`);
    expect(await warningsOf(listing)).not.toContain(NO_LIST);
  });

  it('says that all data keys count as to be re-wrapped in a dry run, and as current in other jobs', async () => {
    const dryRun = { mode: 'census', dryRun: true };
    expect(await warningsOf(listing, within, dryRun)).toContain('count as to-rewrap');
    expect(await warningsOf(listing, job(), dryRun)).toContain('count as already-current');
  });

  it('does not warn of a key in a custom key store, which has one key material for good', async () => {
    expect(await warningsOf(custom)).not.toContain(NO_LIST);
    expect((await planOf(custom)).destination).toMatchObject({ keyArn: NEW_KEY, oneMaterial: true });
  });
});

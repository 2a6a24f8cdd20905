import { gatherFacts } from '../../lambda/core/retire/gather-facts.ts';
import { retireCheck } from '../../lambda/core/retire/retire-check.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { jobText } from '../../lambda/core/proof/plan-proofs.ts';
import type { KeyLookup } from '../../lambda/core/keys/catalog.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { FOREIGN_KEY, job, OLD_KEY } from '../support/builders.ts';
import { key, keys, stores } from '../support/plan-ports.ts';
import { ENDED, placeAt, proof } from '../support/proofs.ts';

describe('data keys of other stores that no key of their job has made', () => {
  const INVOICES = placeAt('dynamodb:us-east-1:Invoices');
  const notChecked = async (...others: readonly StoreProof[]): Promise<string> => {
    const { key: asked } = key(OLD_KEY) as Extract<KeyLookup, { kind: 'found' }>;
    const proven = proof({ jobText: jobText(job().stores[0]!) });
    const facts = await gatherFacts(
      { key: asked, jobs: [job()], formats, proofs: [proven, ...others], now: ENDED + 86_400_000 },
      {
        keys: keys(),
        usageOf: () => Promise.resolve({ kind: 'unused', since: 0, olderThanThat: false }),
        stores: stores(),
      },
    );
    const advice = retireCheck(facts);
    expect(advice.verdict).toBe('disable');
    return advice.notChecked.join('\n');
  };
  const elsewhere = (changes: Partial<StoreProof>): StoreProof =>
    proof({ place: INVOICES, job: 'invoices', runId: 'run-7', sourceKeyArns: [FOREIGN_KEY], ...changes });

  it('may be under the key that is asked about, and that is said', async () => {
    expect(await notChecked(elsewhere({ foreign: 12 }))).toContain(
      '12 data keys in dynamodb:us-east-1:Invoices, which no key of the job invoices has made (run run-7): whether this key has, a run with it among source.keys tells',
    );
  });

  it('are not told of where a later run has found none, or has asked this very key', async () => {
    const later = new Date(ENDED + 1).toISOString();
    expect(await notChecked(elsewhere({ foreign: 12 }), elsewhere({ foreign: 0, at: later }))).not.toContain(
      'Invoices',
    );
    const asked = elsewhere({ at: later, sourceKeyArns: [FOREIGN_KEY, OLD_KEY], jobText: '', foreign: 12 });
    expect(await notChecked(elsewhere({ foreign: 12 }), asked)).not.toContain('Invoices');
  });
});

import type { KeyUsage } from '../../lambda/core/retire/ports.ts';
import { evidenceOf } from '../../lambda/core/retire/evidence.ts';
import { retireCheck, type RetireFacts } from '../../lambda/core/retire/retire-check.ts';
import type { KnownStore } from '../../lambda/core/retire/store-findings.ts';
import type { StoreProof } from '../../lambda/core/proof/store-proof.ts';
import { OLD_KEY } from '../support/builders.ts';
import { ENDED, PLACE, placeAt, proof } from '../support/proofs.ts';

const OTHER = placeAt('dynamodb:us-east-1:Invoices');
const OURS: KeyUsage = { kind: 'used', at: ENDED - 60_000, operation: 'ReEncrypt', eventId: 'e-1' };
const known = (of: StoreProof): KnownStore => ({
  ...{ place: of.place, slot: 'edk', job: 'orders', keyArn: OLD_KEY },
  evidence: evidenceOf({ place: of.place, slot: 'edk', keyArn: OLD_KEY }, [of]),
  backups: { pointInTimeRecovery: false, noncurrentVersions: false, replicaRegions: [] },
});
const EMPTY = known(proof({ verdict: 'empty', proven: 0 }));
const check = (changes: Partial<RetireFacts>) =>
  retireCheck({
    key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false },
    ...{ usage: OURS, stores: [EMPTY], destinationOf: [], now: ENDED + 86_400_000, ...changes },
  });

describe('a key of whose stores every one was empty', () => {
  it('is kept: nothing shows that its jobs look where it is used', () => {
    const { verdict, findings } = check({});
    expect(verdict).toBe('keep');
    expect(findings.find(({ weight }) => weight === 'blocks')?.words).toContain(
      'there was no record where its jobs look (dynamodb:us-east-1:Orders)',
    );
  });

  it('is kept where somebody else used it last', () => {
    const used: KeyUsage = { ...OURS, operation: 'Decrypt' };
    expect(check({ usage: used }).verdict).toBe('keep');
  });

  it('is kept where KMS began to track its use after it was made', () => {
    expect(check({ usage: { kind: 'unused', since: 0, olderThanThat: true } }).verdict).toBe('keep');
  });

  it('may go where KMS says that nobody has ever used it', () => {
    expect(check({ usage: { kind: 'unused', since: 0, olderThanThat: false } }).verdict).toBe('disable');
  });

  it('may go where another store had data keys, and all of them have moved', () => {
    expect(check({ stores: [EMPTY, known(proof({ place: OTHER }))] }).verdict).toBe('disable');
    expect(PLACE).not.toEqual(OTHER);
  });
});

describe('what retire-check has not looked at', () => {
  const bucket = (prefix: string): KnownStore =>
    known(proof({ place: { type: 's3', region: 'us-east-1', name: 'documents', prefix } }));

  it('includes what is beside the prefixes of a bucket of which no job names all', () => {
    expect(check({ stores: [bucket('2026/')] }).notChecked.join('\n')).toContain(
      'everything in s3:us-east-1:documents whose key does not start with 2026/',
    );
    expect(check({ stores: [bucket('2026/'), bucket('')] }).notChecked.join('\n')).not.toContain(
      'does not start with',
    );
  });
});

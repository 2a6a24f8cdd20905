import { jobDifferences } from '../../lambda/core/job/job-difference.ts';
import { jobsInText, jobsText } from '../../lambda/core/job/deployed-jobs.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import { job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';

const table = (encryptionContext: object, name = 'Orders'): Store => ({
  type: 'dynamodb',
  table: name,
  format: { type: 'attribute', dataKey: 'edk', encoding: 'binary', encryptionContext },
});

describe('the jobs that a template carries', () => {
  it('are ASCII, and come back as they were', () => {
    const jobs = [job({ stores: [table({ ort: 'Köln, 東京 😀\u007f\n' }, 'Bestellungen')] })];
    expect(jobsText(jobs)).toMatch(/^[\x20-\x7e]*$/);
    expect(jobsInText(jobsText(jobs))).toEqual(jobs);
  });

  it('are unknown for a template that an earlier version has written', () => {
    expect(jobsInText(undefined)).toBeUndefined();
    expect(jobsInText([job()])).toBeUndefined();
  });
});

describe('a file that differs from what is deployed', () => {
  it('is reported place by place, with both values, whatever the order of its fields', () => {
    const file = job({
      limits: { toleratedFailurePercentage: 0, maxConcurrency: 8, kmsRequestsPerSecond: 500 },
    });
    expect(jobDifferences(file, job())).toEqual(['limits.maxConcurrency: 8 in the file, 4 deployed']);
    const more = job({ source: { keys: [use(OLD_KEY), use(NEW_KEY)] } });
    expect(jobDifferences(more, job())).toEqual([
      expect.stringMatching(/^source\.keys\[1\]: \{.* in the file, nothing deployed$/),
    ]);
    expect(jobDifferences(job(), job())).toEqual([]);
  });

  it('shows no value of a context if a whole store differs', () => {
    const file = job({ stores: [...job().stores, table({ p: 'secret' }, 'x')] });
    expect(jobDifferences(file, job())).toEqual([
      'stores[1]: {"type":"dynamodb","table":"x","format":{"type":"attribute","dataKey":"edk","enc… in the file, nothing deployed',
    ]);
    const short = {
      ...file,
      stores: [...job().stores, { encryptionContext: { p: 'secret' } } as unknown as Store],
    };
    expect(jobDifferences(short, job()).join()).not.toContain('secret');
  });

  it('shows no value of a context', () => {
    const [mine, theirs] = [{ purpose: 'secret one' }, { purpose: 'secret two' }];
    for (const other of [theirs, {}, [theirs]]) {
      const lines = jobDifferences(job({ stores: [table(mine)] }), job({ stores: [table(other)] }));
      expect(lines.join('\n')).toContain('stores[0].format.encryptionContext');
      expect(lines.join('\n')).not.toContain('secret');
    }
  });
});

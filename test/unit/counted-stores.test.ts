import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { nextCalls } from '../../lambda/core/report/next-calls.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bucketStore, jobInput, tableStore } from '../support/builders.ts';
import { demoReport } from '../support/report-scenes.ts';

const annotated = (format: object = {}, more: object = {}) =>
  bucketStore({ format: { type: 'object-annotation', annotation: 'edk', ...format }, ...more });
const problemsOf = (stores: readonly object[], more: object = {}): readonly string[] => {
  const result = parseJob(jobInput({ stores, ...more }), formats);
  return result.kind === 'refused' ? result.problems.map(formatProblem) : [];
};
const schedule = (mode?: string) => ({
  schedule: { expression: 'cron(0 3 1 * ? *)', mode, starts: 'at-once' },
});

describe('a job with data keys that no run writes', () => {
  it('is valid, and may count them by a schedule', () => {
    expect(problemsOf([annotated()], schedule('census'))).toEqual([]);
    expect(problemsOf([annotated(), bucketStore({ bucket: 'others' })])).toEqual([]);
  });

  it.each([undefined, 'migrate'])('is refused where its schedule would migrate: %s', mode => {
    expect(problemsOf([annotated()], schedule(mode))).toEqual([
      expect.stringMatching(/^schedule\.mode = "migrate": would be refused each time, .*; write census$/),
    ]);
    expect(problemsOf([bucketStore()], schedule(mode))).toEqual([]);
  });

  it('is refused where its schedule would wait for a migration', () => {
    const waiting = { schedule: [{ expression: 'rate(90 days)', mode: 'census' }] };
    expect(problemsOf([annotated()], waiting)).toEqual([
      expect.stringMatching(
        /^schedule\[0\]\.starts = "after-migration": would wait for ever, .*; write at-once/,
      ),
    ]);
    expect(problemsOf([bucketStore()], waiting)).toEqual([]);
  });

  it('is refused where it is to be followed, as that begins with a migration', () => {
    const streams = ['arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream/2026-01-01T00:00:00.000'];
    expect(problemsOf([annotated(), tableStore()], { follow: { streams } })).toEqual([
      expect.stringMatching(/^follow: begins with a migration, and this job has none; give the other stores/),
    ]);
    expect(problemsOf([tableStore()], { follow: { streams } })).toEqual([]);
  });

  it('is refused where it says where new data keys go', () => {
    expect(problemsOf([annotated({}, { copyTo: { region: 'eu-west-1', bucket: 'copy' } })])).toEqual([
      expect.stringMatching(/^stores\[0\]\.copyTo: is where new data keys go, and no run makes any/),
    ]);
    const document = { type: 'json-document', in: { annotation: 'e' }, dataKey: '/edk' };
    expect(problemsOf([bucketStore({ format: { ...document, writeTo: { dataKey: '/new' } } })])).toEqual([
      expect.stringMatching(
        /^stores\[0\]\.format\.writeTo = ".*": names a place for new data keys, .*; remove it$/,
      ),
    ]);
  });

  it.each([
    ['aws.edk', /is no name of an annotation/],
    ['S3edk', /is no name of an annotation/],
    ['a b', /is no name of an annotation/],
    ['é'.repeat(257), /is longer than the name of an annotation can be; write up to 512 bytes/],
  ])('names annotations as S3 does, not %j', (annotation, words) => {
    expect(problemsOf([annotated({ annotation })])).toEqual([expect.stringMatching(words)]);
  });

  it('may name them in any language', () => {
    expect(problemsOf([annotated({ annotation: 'Schlüssel_1.鍵-a' })])).toEqual([]);
  });
});

describe('what to do after a census of data keys that no run writes', () => {
  it('is to prove what the application has moved, and never to migrate', () => {
    const report = { ...demoReport(), mode: 'census', verdict: 'counted' } as const;
    const counts = { concluding: { 'to-rewrap': 5 }, verdict: { kind: 'not-proven', doubts: [] } } as const;
    const stores = report.stores.map(store => ({ ...store, ...counts }));
    const words = (changes: object) =>
      nextCalls({ ...report, stores, ...changes }).map(one => one.words.join(' '));
    expect(words({})).toContain(`run ${report.job}`);
    const counted = words({ countsOnly: true });
    expect(counted).toContain(`run ${report.job} --mode verify`);
    expect(counted).not.toContain(`run ${report.job}`);
    expect(counted.filter(one => one.startsWith('plan '))).toEqual([]);
  });
});

import { QUESTIONS_ALONE, WITH_PRODUCT } from '../live/bounds.ts';
import { countedAs, Meter } from '../live/cost/meter.ts';
import { reckon, reckoningText, spent } from '../live/cost/reckon.ts';

describe('the worst cost of a live test', () => {
  it('is the sum of its lines, and each line shows how it comes about', () => {
    const { lines, dollars } = reckon(WITH_PRODUCT);
    expect(dollars).toBeCloseTo(lines.reduce((sum, line) => sum + line.dollars, 0));
    for (const line of lines) {
      const factors = line.arithmetic.replaceAll('$', '').split(' × ').map(Number);
      const product = factors.reduce((all, one) => all * one, 1);
      expect(Math.abs(product - line.dollars)).toBeLessThanOrEqual(0.05 * line.dollars + 1e-3);
    }
  });

  it('takes keys for the hours of a run, at their monthly price', () => {
    const [keys] = reckon({ ...QUESTIONS_ALONE, keys: 5, hours: 73 }).lines;
    expect(keys).toMatchObject({ what: 'KMS keys, in key-months', dollars: 5 * 0.1 * 2 });
  });

  it('fits the two dollars of the documentation, with and without the product', () => {
    for (const bounds of [QUESTIONS_ALONE, WITH_PRODUCT]) expect(reckon(bounds).dollars).toBeLessThan(2);
  });

  it('says what a run costs that nobody cleans', () => {
    expect(reckoningText(reckon(QUESTIONS_ALONE))).toContain('never cleaned costs $10.00 a month');
  });
});

describe('the meter of requests', () => {
  it.each([
    ['KMS', 'ReEncryptCommand', 'kms'],
    ['DynamoDB', 'ScanCommand', 'dynamodb'],
    ['S3', 'GetObjectCommand', 's3 reads'],
    ['S3', 'HeadObjectCommand', 's3 reads'],
    ['S3', 'DeleteObjectsCommand', 's3 reads'],
    ['S3', 'ListObjectVersionsCommand', 's3 writes'],
    ['S3', 'CopyObjectCommand', 's3 writes'],
    ['CloudFormation', 'DescribeStacksCommand', 'others'],
  ])('bills %s %s as %s', (service, command, counted) => {
    expect(countedAs(service, command)).toBe(counted);
  });

  it('lets no request leave beyond what was reckoned, except to remove things', () => {
    const meter = new Meter({ kms: 1, 's3 writes': 0, 's3 reads': 0, dynamodb: 0, others: 0 });
    meter.count('kms');
    expect(() => meter.count('kms')).toThrow('1 requests (kms) were reckoned');
    meter.unlimited();
    meter.count('kms');
    expect(meter.counts.kms).toBe(2);
  });

  it('says what they cost', () => {
    expect(spent({ kms: 10_000, 's3 writes': 0, 's3 reads': 0, dynamodb: 0, others: 9 })).toBeCloseTo(0.06);
  });
});

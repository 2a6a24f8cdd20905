import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { formatProblem } from '../../lambda/core/model/problem.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { bucketStore, jobInput, NEW_KEY, OLD_KEY } from '../support/builders.ts';

describe('a job', () => {
  it.each<readonly [string, unknown, string]>([
    [
      'a source key of another partition than its Region',
      jobInput({ source: { keys: [OLD_KEY.replace('arn:aws:', 'arn:aws-cn:')] } }),
      'source.keys[0] = "arn:aws-cn:kms:us-east-1:111122223333:key/11111111-1111-1111-1111-111111111111": names the partition aws-cn, but us-east-1 is in aws; write arn:aws:kms:us-east-1:…',
    ],
    [
      'a Region of GovCloud in the partition aws',
      jobInput({ destination: { key: NEW_KEY.replace('us-east-1', 'us-gov-west-1') } }),
      'names the partition aws, but us-gov-west-1 is in aws-us-gov',
    ],
    [
      'keys of two partitions',
      jobInput({ destination: { key: NEW_KEY.replace('aws:kms:us-east-1', 'aws-cn:kms:cn-north-1') } }),
      'is in the partition aws-cn, and the first source key in aws: KMS does not re-encrypt from one partition to another; name keys of one',
    ],
    [
      'a key of another partition for the encryption of a store',
      jobInput({
        stores: [
          bucketStore({ serverSideEncryptionKey: OLD_KEY.replace('aws:kms:us', 'aws-eusc:kms:eusc-de') }),
        ],
      }),
      'stores[0].serverSideEncryptionKey = "arn:aws-eusc:kms:eusc-de-east-1:111122223333:key/11111111-1111-1111-1111-111111…: is in the partition aws-eusc',
    ],
    ...(
      [
        ['a directory bucket', 'logs--use1-az4--x-s3', 'is a directory bucket'],
        ['a table bucket', 'logs--table-s3', 'is a table bucket'],
        ['an alias of an access point', 'logs-abcdefgh1234-s3alias', 'is the alias of an access point'],
        [
          'an alias of an Object Lambda access point',
          'logs-abcdefgh1234--ol-s3',
          'is the alias of an access point',
        ],
        ['a Multi-Region Access Point', 'mfzwi23gnjvgw.mrap', 'is the alias of a Multi-Region Access Point'],
        ['an IP address', '192.168.5.4', 'is an IP address'],
      ] as const
    ).map(([name, bucket, words]): [string, object, string] => [
      `${name} for a bucket`,
      jobInput({ stores: [bucketStore({ bucket })] }),
      `stores[0].bucket = "${bucket}": ${words}`,
    ]),
  ])('is refused with %s', (_, input, words) => {
    const parsed = parseJob(input, formats);
    const lines = parsed.kind === 'job' ? [] : parsed.problems.map(formatProblem);
    expect(lines).toEqual([expect.stringContaining(words)]);
  });
});

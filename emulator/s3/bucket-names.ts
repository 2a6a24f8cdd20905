import { isIPv4 } from 'node:net';
import { AwsError } from '../protocol/aws-error.ts';

/** S3 user guide, General purpose bucket naming rules. */
const NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const BEGINNINGS = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const ENDS = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

export function checkBucketName(name: string): void {
  const reserved = BEGINNINGS.some(one => name.startsWith(one)) || ENDS.some(one => name.endsWith(one));
  if (!NAME.test(name) || isIPv4(name) || reserved)
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', {
      status: 400,
      members: { BucketName: name },
    });
}

export type S3Class = 'writes' | 'reads' | 'free';

const FREE = new Set(['DeleteObject', 'DeleteObjects', 'AbortMultipartUpload', 'DeleteObjectAnnotation']);
const READS = /^(?:Get|Head)/;

/** The class in which S3 bills an operation (S3 pricing, "Requests & data retrievals"). */
export function s3ClassOf(operation: string): S3Class {
  if (FREE.has(operation)) return 'free';
  return READS.test(operation) ? 'reads' : 'writes';
}

/** What KMS says of a key that something names. */
export interface DescribedKey {
  readonly arn: string;
  /** AWS itself manages the keys of its services, such as aws/s3: nobody can retire them. */
  readonly awsManaged: boolean;
}

/** By the ARN of the key or alias that was asked about. What is not in it, nobody could or may describe. */
export type DescribedKeys = ReadonlyMap<string, DescribedKey>;

/** The key that a name stands for; the name itself where KMS has not told. */
export function arnIn(described: DescribedKeys, reference: string): string {
  return described.get(reference)?.arn ?? reference;
}

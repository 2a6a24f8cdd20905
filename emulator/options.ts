import type { ReadYaml } from './cloudformation/template-text.ts';
import type { ChecksFirst } from './kms/key-store.ts';

export interface EmbeddedAwsOptions {
  /** @default 0: any free port */
  readonly port?: number;
  /** Where Lambda logs go, a file for each log group. */
  readonly logFolder?: string;
  /** The most entries in an S3 listing page. A small number makes paging really happen. @default 1000 */
  readonly s3PageSize?: number;
  /** The largest source of one copy in S3. A small number makes copies in parts really happen. @default 5 GiB */
  readonly s3CopyLimitBytes?: number;
  /** The fraction of their time that Wait states and back-offs of Step Functions take. @default 1 */
  readonly waitScale?: number;
  /** The most events of an execution of Step Functions. A small number makes an execution meet it soon. @default 25000 */
  readonly historyLimit?: number;
  /** Lambda invocations at one time. @default 64 */
  readonly lambdaConcurrency?: number;
  /** The clock by which imported key material and client tokens expire, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /**
   * What KMS checks first if a ciphertext is under another key than the named one. AWS does not document the order.
   * @default key
   */
  readonly kmsChecksFirst?: ChecksFirst;
  /** Reads templates of CloudFormation in YAML. @default JSON alone is read */
  readonly readYaml?: ReadYaml;
}

/** How a job may name a KMS key. Short key ids and bare aliases are refused: they mean another key in another account. */
export type KeyReference =
  | ({ readonly kind: 'key'; readonly keyId: string } & ArnParts)
  | ({ readonly kind: 'alias'; readonly alias: string } & ArnParts);

interface ArnParts {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const KMS_ARN = /^arn:(aws[a-z-]*):kms:([a-z]{2,4}(?:-[a-z]+)+-\d):(\d{12}):(key|alias)\/(.+)$/;
const KEY_ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const ALIAS = /^[a-zA-Z0-9/_-]{1,250}$/;

/**
 * Reads a KMS key ARN or alias ARN; `undefined` for anything else.
 * Source of the shapes: KMS Developer Guide, "Key identifiers".
 */
export function parseKeyReference(text: string): KeyReference | undefined {
  const [, partition, region, account, kind, rest] = KMS_ARN.exec(text) ?? [];
  if (partition === undefined || region === undefined || account === undefined || rest === undefined)
    return undefined;
  const parts: ArnParts = { arn: text, partition, region, account };
  if (kind === 'key') return KEY_ID.test(rest) ? { kind: 'key', keyId: rest, ...parts } : undefined;
  return ALIAS.test(rest) ? { kind: 'alias', alias: `alias/${rest}`, ...parts } : undefined;
}

/** The Region in a key ARN or alias ARN that has been validated before. */
export function regionOf(keyArn: string): string {
  const known = REGIONS.get(keyArn);
  if (known !== undefined) return known;
  const reference = parseKeyReference(keyArn);
  if (reference === undefined) throw new TypeError(`not a KMS key ARN: ${keyArn}`);
  if (REGIONS.size >= MOST_REGIONS) REGIONS.clear();
  REGIONS.set(keyArn, reference.region);
  return reference.region;
}

/** A run has few keys, and asks for every data key where they are. */
const REGIONS = new Map<string, string>();
const MOST_REGIONS = 100;

export interface RoleReference {
  readonly partition: string;
  readonly account: string;
  /** Without its path. */
  readonly name: string;
}

/** No character that a policy reads as a wildcard or a variable: the ARN enters policies. */
const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\w+=,.@/-]{0,510}\/)?([\w+=,.@-]{1,64})$/;

/** Reads the ARN of a role; `undefined` for anything else (IAM user guide, IAM identifiers; API reference, CreateRole). */
export function parseRoleArn(text: string): RoleReference | undefined {
  const [, partition, account, name] = ROLE_ARN.exec(text) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  return { partition, account, name };
}

/** The account in the ARN of a role that has been validated before. */
export function accountOfRole(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

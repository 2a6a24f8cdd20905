import { AwsError } from '../protocol/aws-error.ts';
import { MANAGED_BY_AWS } from './managed-by-aws.ts';
import { parsePolicy, type Policy } from './policy.ts';

/** A role or user and what is attached to it. */
interface Identity {
  trust: Policy;
  readonly inline: Map<string, { readonly size: number; readonly policy: Policy }>;
  readonly managed: Set<string>;
  boundary: string | undefined;
}

interface Described {
  readonly trust?: unknown;
  readonly boundary?: string | undefined;
}

/** An identity's policies, as they are evaluated. */
export interface Attached {
  readonly identity: readonly Policy[];
  readonly boundary: Policy | undefined;
  readonly trust: Policy;
}

/** Default quotas of IAM, in characters without whitespace (IAM user guide, quotas). */
const QUOTAS = { roleInline: 10_240, userInline: 2_048, managed: 6_144, attached: 10, trust: 2_048 } as const;

/** All roles, users and managed policies of all accounts. */
export class Identities {
  readonly #identities = new Map<string, Identity>();
  readonly #managed = new Map<string, Policy>();

  constructor() {
    for (const [arn, document] of Object.entries(MANAGED_BY_AWS)) this.putManaged(arn, document);
  }

  create(arn: string, { trust, boundary }: Described = {}): void {
    if (trust !== undefined) needSize('ACLSizePerRole', trust, QUOTAS.trust);
    this.#identities.set(arn, {
      trust: trust === undefined ? [] : parsePolicy(trust, 'trust'),
      inline: new Map(),
      managed: new Set(),
      boundary,
    });
  }

  /** @throws AwsError EntityAlreadyExists */
  createNew(arn: string, described: Described): void {
    if (this.#identities.has(arn))
      throw new AwsError('EntityAlreadyExists', `Role with name ${arn.split('/').at(-1)} already exists.`, {
        status: 409,
      });
    this.create(arn, described);
  }

  /** Trust policy and boundary of a role that is there. Its policies stay. */
  change(arn: string, { trust, boundary }: Described): void {
    const identity = this.#of(arn);
    needSize('ACLSizePerRole', trust, QUOTAS.trust);
    identity.trust = parsePolicy(trust, 'trust');
    identity.boundary = boundary;
  }

  /** Its inline policies go with it, as do attachments. */
  delete(arn: string): void {
    this.#identities.delete(arn);
  }

  putInline(arn: string, name: string, document: unknown): void {
    const { inline } = this.#of(arn);
    inline.set(name, { size: sizeOf(document), policy: parsePolicy(document, 'identity') });
    const sum = [...inline.values()].reduce((total, { size }) => total + size, 0);
    const most = arn.includes(':user/') ? QUOTAS.userInline : QUOTAS.roleInline;
    if (sum > most)
      throw limitExceeded(`Maximum policy size of ${most} bytes exceeded for ${arn.split(':')[5]}`);
  }

  deleteInline(arn: string, name: string): void {
    this.#identities.get(arn)?.inline.delete(name);
  }

  putManaged(arn: string, document: unknown): void {
    needSize('PolicySize', document, QUOTAS.managed);
    this.#managed.set(arn, parsePolicy(document, 'identity'));
  }

  attach(arn: string, policyArn: string): void {
    if (!this.#managed.has(policyArn))
      throw new AwsError('NoSuchEntity', `Policy ${policyArn} does not exist or is not attachable.`, {
        status: 404,
      });
    const { managed } = this.#of(arn);
    managed.add(policyArn);
    if (managed.size > QUOTAS.attached)
      throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${QUOTAS.attached}`);
  }

  detach(arn: string, policyArn: string): void {
    this.#identities.get(arn)?.managed.delete(policyArn);
  }

  deleteManaged(arn: string): void {
    if ([...this.#identities.values()].some(({ managed }) => managed.has(arn)))
      throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', { status: 409 });
    this.#managed.delete(arn);
  }

  /** Of all roles and users. */
  arns(): readonly string[] {
    return [...this.#identities.keys()];
  }

  /** `undefined` if there is no such identity. */
  policiesOf(arn: string): Attached | undefined {
    const identity = this.#identities.get(arn);
    if (identity === undefined) return undefined;
    const { inline, managed, boundary, trust } = identity;
    return {
      identity: [
        ...[...inline.values()].map(({ policy }) => policy),
        ...[...managed].map(name => this.#managed.get(name) ?? []),
      ],
      // A boundary that does not exist allows nothing.
      boundary: boundary === undefined ? undefined : (this.#managed.get(boundary) ?? []),
      trust,
    };
  }

  #of(arn: string): Identity {
    const identity = this.#identities.get(arn);
    if (identity === undefined)
      throw new AwsError('NoSuchEntity', `${arn} cannot be found.`, { status: 404 });
    return identity;
  }
}

function needSize(quota: string, document: unknown, most: number): void {
  if (sizeOf(document) > most) throw limitExceeded(`Cannot exceed quota for ${quota}: ${most}`);
}

/** IAM does not count whitespace. */
function sizeOf(document: unknown): number {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return text.replaceAll(/\s/g, '').length;
}

function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceeded', message, { status: 409 });
}

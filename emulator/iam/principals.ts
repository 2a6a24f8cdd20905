import { AwsError } from '../protocol/aws-error.ts';
import { malformed } from './conditions.ts';

/** Who calls. A role's sessions are its callers; its own ARN stands for all of them. */
export interface Principal {
  readonly kind: 'role' | 'user' | 'service';
  /** Of the role or user; of a service, its name: `lambda.amazonaws.com`. */
  readonly arn: string;
  readonly accountId: string;
  /** The ARN of the session in which a role calls. */
  readonly sessionArn?: string;
}

/**
 * `anyone`: by `*`. `by-session`: a session of a role, by its own ARN. `by-account`: the policy names the whole account, and leaves it
 * to that account's identity policies. The first of these that fits counts.
 */
const NAMED = ['anyone', 'by-session', 'by-arn', 'by-account', 'not'] as const;
export type Named = (typeof NAMED)[number];

/** How a statement of a resource policy names a principal. */
export type PrincipalPattern = (principal: Principal) => Named;

/**
 * The Principal element; `undefined` if a statement has none.
 *
 * @throws AwsError for NotPrincipal: behaviour.md says why
 */
export function principalsOf({
  Effect,
  Principal: named,
  NotPrincipal: excepted,
}: Readonly<Record<string, unknown>>): PrincipalPattern | undefined {
  if (excepted === undefined) return named === undefined ? undefined : patternOfElement(named);
  if (Effect !== 'Deny' || named !== undefined)
    throw malformed('NotPrincipal must be used with Effect Deny, and without Principal');
  throw new AwsError(
    'NotImplemented',
    'The embedded IAM does not evaluate NotPrincipal; write Principal "*" and a condition on aws:PrincipalArn, as the IAM user guide recommends',
    { status: 501 },
  );
}

function patternOfElement(element: unknown): PrincipalPattern {
  if (element === '*') return () => 'anyone';
  if (typeof element !== 'object' || element === null) throw malformed('Invalid principal in policy');
  const patterns = Object.entries(element).flatMap(([type, values]) =>
    (Array.isArray(values) ? values : [values]).map(value => patternOfValue(type, String(value))),
  );
  return principal => {
    const named = patterns.map(pattern => pattern(principal));
    return strongest(named);
  };
}

/** A wildcard is the whole value or nothing: `"AWS": "*"`. Part of an ARN cannot be one (IAM user guide, Principal). */
function patternOfValue(type: string, value: string): PrincipalPattern {
  switch (type) {
    case 'Service':
      return ({ kind, arn }) => (kind === 'service' && arn === value ? 'by-arn' : 'not');
    case 'AWS': {
      if (value === '*') return ({ kind }) => (kind === 'service' ? 'not' : 'anyone');
      const account = /^(?:arn:[^:]+:iam::)?(?<id>\d{12})(?::root)?$/.exec(value)?.groups?.['id'];
      if (account !== undefined)
        return ({ kind, accountId }) => (kind !== 'service' && accountId === account ? 'by-account' : 'not');
      return ({ kind, arn, sessionArn }) => {
        if (kind === 'service') return 'not';
        return sessionArn === value ? 'by-session' : arn === value ? 'by-arn' : 'not';
      };
    }
    default:
      // Federated and CanonicalUser: nobody here calls as one.
      return () => 'not';
  }
}

export function strongest(names: readonly Named[]): Named {
  return NAMED.find(how => names.includes(how)) ?? 'not';
}

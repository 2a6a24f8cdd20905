import { AwsError } from '../protocol/aws-error.ts';
import { sessionArn, type AwsRequest } from '../protocol/request.ts';
import { contextOf } from './context.ts';
import { evaluate, type AuthorizationRequest, type Decision, type Policies } from './evaluate.ts';
import { Identities } from './identities.ts';
import { parsePolicy, type Policy } from './policy.ts';
import type { Authorization, ConditionKeys, Permission } from '../protocol/authorization.ts';
import type { Principal } from './principals.ts';

/** A question that was asked, with its answer. */
export interface Asked {
  readonly request: AuthorizationRequest;
  readonly decision: Decision;
  /** What was evaluated. */
  readonly policies: Policies;
  /** How an answer of no ends the call; `tried`: the caller gets less, or an error that is not IAM's own. */
  readonly how: 'needed' | 'tried';
}

/** A service of AWS that calls by itself, and for which resource. */
export interface OnBehalf {
  /** `cloudwatch.amazonaws.com` */
  readonly service: string;
  readonly accountId: string;
  readonly sourceArn: string;
}

/** What a service asks of a resource, whose own word alone counts. */
export interface AskedOfResource {
  readonly action: string;
  readonly resource: string;
  /** JSON. */
  readonly resourcePolicy: string;
}

type From = Pick<AwsRequest, 'caller' | 'region' | 'service'>;

/** IAM: evaluates the policies of callers and resources. behaviour.md says what it does and does not do. */
export class Iam {
  readonly identities = new Identities();
  /** Parsed policies of resources, by their text. */
  readonly #resourcePolicies = new Map<string, Policy>();
  readonly #sessionPolicies = new Map<string, Policy>();
  /** Told of every question, if someone watches. */
  watch: ((asked: Asked) => void) | undefined;

  /** The questions of one request. `now`: milliseconds since 1970. */
  authorizationOf(from: From, now: () => number = Date.now): Authorization {
    const principal = principalOf(from.caller);
    const attached = this.identities.policiesOf(principal.arn);
    const { session } = from.caller;
    const ask = (permission: Permission, how: Asked['how']): Decision => {
      const { action, resource, resourceAccountId, conditions = {} } = permission;
      const { resourceDecides, grantees = [] } = permission;
      const request: AuthorizationRequest = {
        ...{ principal, action, resource, resourceAccountId },
        context: contextOf(everyRequest(from, { principal, resourceAccountId, now }), conditions),
      };
      const policies: Policies = {
        identity: attached?.identity ?? [],
        boundary: attached?.boundary,
        session: session?.policy === undefined ? undefined : this.#sessionPolicy(session.policy),
        resource: this.#wordOf(permission),
        ...(resourceDecides !== undefined && { resourceDecides }),
        granted: grantees.includes(principal.arn),
      };
      const decision = evaluate(request, policies);
      this.watch?.({ request, decision, policies, how });
      return decision;
    };
    return {
      need: permission => {
        const decision = ask(permission, 'needed');
        if (decision.kind === 'denied') throw denial(from, permission, decision);
      },
      has: permission => ask(permission, 'tried').kind === 'allowed',
    };
  }

  #wordOf({ resourcePolicy, trustOf }: Permission): Policy | undefined {
    if (trustOf !== undefined) return this.identities.policiesOf(trustOf)?.trust;
    return resourcePolicy === undefined ? undefined : this.#parsed(resourcePolicy);
  }

  #parsed(text: string): Policy {
    const known = this.#resourcePolicies.get(text) ?? parsePolicy(text, 'resource');
    this.#resourcePolicies.set(text, known);
    return known;
  }

  #sessionPolicy(text: string): Policy {
    const known = this.#sessionPolicies.get(text) ?? parsePolicy(text, 'identity');
    this.#sessionPolicies.set(text, known);
    return known;
  }

  /** Whether a service may do something by itself, by the policy of the resource. */
  ofService(
    { service, accountId, sourceArn }: OnBehalf,
    { action, resource, resourcePolicy }: AskedOfResource,
  ): Decision {
    const principal: Principal = { kind: 'service', arn: service, accountId };
    const request: AuthorizationRequest = {
      ...{ principal, action, resource, resourceAccountId: accountId },
      context: contextOf({
        ...{ 'aws:SourceArn': sourceArn, 'aws:SourceAccount': accountId },
        ...{ 'aws:SecureTransport': 'true', 'aws:PrincipalIsAWSService': 'true' },
      }),
    };
    const policies: Policies = {
      ...{ identity: [], resourceDecides: true },
      resource: this.#parsed(resourcePolicy),
    };
    const decision = evaluate(request, policies);
    this.watch?.({ request, decision, policies, how: 'tried' });
    return decision;
  }

  /** Whether a service may act as a role, by the role's trust policy. `conditions`: on whose behalf, if the service says so. */
  trusts(roleArn: string, service: string, conditions: ConditionKeys = {}): boolean {
    const accountId = roleArn.split(':')[4] ?? '';
    const principal: Principal = { kind: 'service', arn: service, accountId };
    const request: AuthorizationRequest = {
      ...{ principal, action: 'sts:AssumeRole', resource: roleArn, resourceAccountId: accountId },
      context: contextOf(conditions),
    };
    const trust = this.identities.policiesOf(roleArn)?.trust ?? [];
    const policies: Policies = { identity: [], resource: trust, resourceDecides: true };
    const decision = evaluate(request, policies);
    this.watch?.({ request, decision, policies, how: 'tried' });
    return decision.kind === 'allowed';
  }
}

function principalOf(caller: AwsRequest['caller']): Principal {
  const { arn, accountId, session } = caller;
  const kind = arn.includes(':role/') ? 'role' : 'user';
  return { kind, arn, accountId, ...(session !== undefined && { sessionArn: sessionArn(caller) }) };
}

interface Asking {
  readonly principal: Principal;
  readonly resourceAccountId: string;
  readonly now: () => number;
}

/** Global condition keys. The endpoint on loopback stands for one over TLS. */
function everyRequest({ region }: From, { principal, resourceAccountId, now }: Asking): ConditionKeys {
  const { arn, accountId, kind } = principal;
  const at = new Date(now());
  return {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': kind === 'role' ? 'AssumedRole' : 'User',
    'aws:username': kind === 'user' ? arn.split('/').at(-1) : undefined,
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resourceAccountId,
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    'aws:CurrentTime': at.toISOString(),
    'aws:EpochTime': String(Math.floor(at.getTime() / 1000)),
  };
}

/** The XML services call the error AccessDenied, and answer with 403. */
const XML_SERVICES = ['s3', 'sts', 'cloudformation', 'iam'];

function denial(
  { caller, service }: From,
  { action, resource }: Permission,
  { why }: Extract<Decision, { kind: 'denied' }>,
): AwsError {
  const because =
    why === 'explicit' ? 'with an explicit deny' : `because no ${why} allows the ${action} action`;
  const words = `User: ${sessionArn(caller)} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  return XML_SERVICES.includes(service) || service === 'lambda'
    ? new AwsError(service === 'lambda' ? 'AccessDeniedException' : 'AccessDenied', words, { status: 403 })
    : new AwsError('AccessDeniedException', words);
}

import type { Context } from './context.ts';
import type { Policy, Statement } from './policy.ts';
import { strongest, type Named, type Principal } from './principals.ts';

export interface AuthorizationRequest {
  readonly principal: Principal;
  /** `SERVICE:ACTION`. */
  readonly action: string;
  /** ARN, or `*` for an action without a resource type. */
  readonly resource: string;
  readonly resourceAccountId: string;
  readonly context: Context;
}

export interface Policies {
  /** What is attached to the principal, inline or managed. */
  readonly identity: readonly Policy[];
  readonly boundary?: Policy | undefined;
  /** Of the session in which a role calls. */
  readonly session?: Policy | undefined;
  readonly resource?: Policy | undefined;
  /** Key policies and trust policies: without the resource's own word, nobody gets in. @default false */
  readonly resourceDecides?: boolean;
  /** A KMS grant allows it. @default false */
  readonly granted?: boolean;
}

export type Decision =
  | {
      readonly kind: 'allowed';
      /** The statements of identity policies that allow it; none if the resource's word was enough. */
      readonly by: readonly Statement[];
    }
  | {
      readonly kind: 'denied';
      /** An `explicit` deny, or nobody's word. */
      readonly why:
        | 'explicit'
        | 'identity-based policy'
        | 'resource-based policy'
        | 'permissions boundary'
        | 'session policy';
    };

/**
 * Decides as the IAM user guide documents (policy evaluation logic): an explicit deny wins; within an account, the word
 * of an identity policy or of the resource is enough; across accounts, both are needed; a boundary and a session policy limit
 * what identity policies allow, and what a resource allows to the role by its name.
 */
export function evaluate(request: AuthorizationRequest, policies: Policies): Decision {
  const identity = policies.identity.flatMap(policy => matching(policy, request));
  const boundary = limiting(policies.boundary, request);
  const session = limiting(policies.session, request);
  const resource = named(policies.resource, request);
  const limits = [...(boundary ?? []), ...(session ?? [])];
  if ([...identity, ...limits, ...resource.map(({ statement }) => statement)].some(isDeny))
    return { kind: 'denied', why: 'explicit' };
  const words: Words = {
    identity: identity.length > 0,
    limit:
      boundary?.length === 0 ? 'permissions boundary' : session?.length === 0 ? 'session policy' : undefined,
    resource: strongest([...resource.map(({ how }) => how), policies.granted === true ? 'by-arn' : 'not']),
    resourceDecides: policies.resourceDecides === true,
  };
  const refusal = refusalOf(request, words);
  if (refusal !== undefined) return { kind: 'denied', why: refusal };
  return { kind: 'allowed', by: words.limit === undefined ? identity : [] };
}

/** `undefined`: there is no such policy. */
function limiting(
  policy: Policy | undefined,
  request: AuthorizationRequest,
): readonly Statement[] | undefined {
  return policy && matching(policy, request);
}

interface Words {
  readonly identity: boolean;
  /** What does not allow it, though it would have to. */
  readonly limit: Extract<Refusal, 'permissions boundary' | 'session policy'> | undefined;
  readonly resource: Named;
  readonly resourceDecides: boolean;
}

type Refusal = Exclude<Extract<Decision, { kind: 'denied' }>['why'], 'explicit'>;

function refusalOf(
  { principal, resourceAccountId }: AuthorizationRequest,
  { identity, limit, resource, resourceDecides }: Words,
): Refusal | undefined {
  if (principal.kind === 'service')
    return ['anyone', 'by-arn'].includes(resource) ? undefined : 'resource-based policy';
  const own = identity ? limit : 'identity-based policy';
  if (principal.accountId !== resourceAccountId) return resource === 'not' ? 'resource-based policy' : own;
  // What a resource allows to a role by its name is limited by boundary and session, and nothing else that it allows.
  if (
    resource === 'anyone' ||
    resource === 'by-session' ||
    (resource === 'by-arn' && principal.kind === 'user')
  )
    return undefined;
  if (resource === 'by-arn') return limit;
  if (resourceDecides && resource === 'not') return 'resource-based policy';
  return own;
}

function matching(policy: Policy, request: AuthorizationRequest): readonly Statement[] {
  return about(policy, request.action).filter(statement => applies(statement, request));
}

/** The statements of a policy by the actions that were asked for: the same few are asked for again and again. */
const byAction = new WeakMap<Policy, Map<string, readonly Statement[]>>();

function about(policy: Policy, action: string): readonly Statement[] {
  const known = byAction.get(policy) ?? new Map<string, readonly Statement[]>();
  byAction.set(policy, known);
  const found = known.get(action) ?? policy.filter(({ isAbout }) => isAbout.action(action));
  known.set(action, found);
  return found;
}

function applies({ isAbout, conditions }: Statement, { resource, context }: AuthorizationRequest): boolean {
  return isAbout.resource(resource, context) && conditions.every(condition => condition(context));
}

function named(
  policy: Policy | undefined,
  request: AuthorizationRequest,
): readonly { readonly statement: Statement; readonly how: Named }[] {
  return about(policy ?? [], request.action)
    .map(statement => ({ statement, how: statement.principal?.(request.principal) ?? ('not' as const) }))
    .filter(({ statement, how }) => how !== 'not' && applies(statement, request));
}

function isDeny({ effect }: Statement): boolean {
  return effect === 'Deny';
}

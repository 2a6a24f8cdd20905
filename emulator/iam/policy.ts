import { arnPatternOf } from './arn-pattern.ts';
import { conditionOf, malformed, type Condition } from './conditions.ts';
import type { Context } from './context.ts';
import { patternOf } from './patterns.ts';
import { principalsOf, type PrincipalPattern } from './principals.ts';

export interface Statement {
  /** As written, for those who ask which statement it was. */
  readonly source: object;
  readonly effect: 'Allow' | 'Deny';
  /** `undefined` in an identity policy, which speaks of whoever it is attached to. */
  readonly principal: PrincipalPattern | undefined;
  readonly isAbout: {
    action(action: string): boolean;
    resource(resource: string, context: Context): boolean;
  };
  readonly conditions: readonly Condition[];
}

export type Policy = readonly Statement[];

type Document = Readonly<Record<string, unknown>>;

const MEMBERS = new Set([
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction'],
  ...['Resource', 'NotResource', 'Condition'],
]);

/**
 * Parses a policy document, an object or its JSON.
 *
 * @param kind a `resource` policy names principals; a `trust` policy does, and names no resource
 * @throws AwsError MalformedPolicyDocument
 */
export function parsePolicy(document: unknown, kind: 'identity' | 'resource' | 'trust'): Policy {
  const policy = typeof document === 'string' ? parsed(document) : document;
  if (typeof policy !== 'object' || policy === null) throw malformed('This policy contains invalid Json');
  const { Version = '2008-10-17', Statement: statements = [] } = policy as Document;
  const variables = Version === '2012-10-17';
  return listOf(statements).map(statement => parseStatement(statement as Document, kind, variables));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed('This policy contains invalid Json');
  }
}

function parseStatement(statement: Document, kind: string, variables: boolean): Statement {
  const unknown = Object.keys(statement).filter(member => !MEMBERS.has(member));
  if (unknown.length > 0) throw malformed(`Unknown field ${unknown.join(', ')}`);
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`Invalid effect: ${String(Effect)}`);
  if ((Action === undefined) === (NotAction === undefined))
    throw malformed('Policy statement must contain actions.');
  if (kind !== 'resource' && statement['NotPrincipal'] !== undefined)
    throw malformed('NotPrincipal is for resource policies.');
  const principal = principalsOf(statement);
  if ((kind === 'identity') !== (principal === undefined))
    throw malformed(
      kind === 'identity'
        ? 'Policy document should not specify a principal.'
        : 'Missing required field Principal',
    );
  if (kind !== 'trust' && (Resource === undefined) === (NotResource === undefined))
    throw malformed('Policy statement must contain resources.');
  return {
    source: statement,
    effect: Effect,
    principal,
    isAbout: {
      action: actionsOf(Action ?? NotAction, NotAction !== undefined),
      resource:
        kind === 'trust'
          ? () => true
          : resourcesOf(Resource ?? NotResource, NotResource !== undefined, variables),
    },
    conditions: conditionsOf(Condition as Document, variables),
  };
}

/** Actions are case-insensitive, and have wildcards but no variables. */
function actionsOf(value: unknown, not: boolean): (action: string) => boolean {
  const patterns = textsOf(value).map(text =>
    patternOf(text, { wildcards: true, variables: false, ignoreCase: true }),
  );
  const none: Context = new Map();
  return action => patterns.some(pattern => pattern(action, none)) !== not;
}

function resourcesOf(
  value: unknown,
  not: boolean,
  variables: boolean,
): (resource: string, context: Context) => boolean {
  const patterns = textsOf(value).map(text => arnPatternOf(text, { variables }));
  return (resource, context) => patterns.some(pattern => pattern(resource, context)) !== not;
}

function conditionsOf(condition: Document, variables: boolean): readonly Condition[] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys as Document).map(([key, values]) =>
      conditionOf({ operator, key, values: textsOf(values), variables }),
    ),
  );
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map(String);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

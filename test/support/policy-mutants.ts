import { parsePolicy, type Policy, type Statement } from '../../emulator/iam/policy.ts';

/** A policy that says a little less than another one. */
export interface PolicyMutant {
  readonly name: string;
  readonly policy: Policy;
  /** The statement that it changes. */
  readonly statement: Statement;
}

type Source = Readonly<Record<string, unknown>>;
type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * A policy without one of its statements; of statements that speak of several things, without one action on one resource; without
 * one condition; and without one value of a condition.
 */
export function mutantsOf(policy: Policy): readonly PolicyMutant[] {
  return policy.flatMap((statement, index) => {
    const source = statement.source as Source;
    const instead = ({ what, rest }: Without): PolicyMutant => ({
      ...{ name: what, statement },
      policy: policy.toSpliced(index, 1, ...rest.flatMap(one => reparsed(one, statement))),
    });
    return [{ what: nameOf(source), rest: [] }, ...pairsOf(source), ...conditionsOf(source)].map(instead);
  });
}

/** The kind follows from what stands in it: only a policy of an identity names no principal, only one of trust no resource. */
function reparsed(source: Source, { principal }: Statement): Policy {
  const named = source['Resource'] ?? source['NotResource'];
  const kind = principal === undefined ? 'identity' : named === undefined ? 'trust' : 'resource';
  return parsePolicy({ Version: '2012-10-17', Statement: [source] }, kind);
}

interface Without {
  readonly what: string;
  readonly rest: readonly Source[];
}

/** Each action on each resource, of a statement that has several. */
function pairsOf(source: Source): readonly Without[] {
  const { Effect, Sid = '', Action, Resource } = source;
  if (Action === undefined) return [];
  const [actions, resources] = [listOf(Action), Resource === undefined ? [undefined] : listOf(Resource)];
  if (actions.length * resources.length === 1) return [];
  return actions.flatMap(action =>
    resources.map(resource => {
      const others = actions.filter(one => one !== action);
      const elsewhere = resources.filter(one => one !== resource);
      return {
        what: words(Sid, Effect, action, ...(resource === undefined ? [] : ['on', resource])),
        rest: [
          ...(others.length === 0 ? [] : [{ ...source, Action: others }]),
          ...(elsewhere.length === 0 ? [] : [{ ...source, Action: [action], Resource: elsewhere }]),
        ],
      };
    }),
  );
}

/** Each condition, and each value of one that has several. */
function conditionsOf(source: Source): readonly Without[] {
  const conditions = (source['Condition'] ?? {}) as Conditions;
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]): readonly Without[] => {
      const put = (what: readonly unknown[], instead: object): Without => ({
        what: words(nameOf(source), 'without', operator, key, ...what),
        rest: [{ ...source, Condition: { ...conditions, [operator]: instead } }],
      });
      const { [key]: _, ...others } = keys;
      const values = listOf(value);
      const less = values.map(one =>
        put(['=', one], { ...keys, [key]: values.filter(other => other !== one) }),
      );
      return [put([], others), ...(values.length === 1 ? [] : less)];
    }),
  );
}

function nameOf({ Sid = '', Effect, Action, NotAction, Resource = [] }: Source): string {
  const resources = listOf(Resource);
  const actions = Action === undefined ? ['all but', ...listOf(NotAction)] : listOf(Action);
  return words(Sid, Effect, ...actions, ...(resources.length === 0 ? [] : ['on', ...resources]));
}

function words(...parts: readonly unknown[]): string {
  return parts.map(String).join(' ').trim();
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

import type { Condition, Grant } from './grant.ts';

/** Grants in the form of a statement: each of the actions on each of the resources, with any of the values. */
export interface Bundle {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Conditions with one value each. */
  readonly given: readonly Condition[];
  /** The last condition, which may have several values. */
  readonly last: Omit<Condition, 'value'> | undefined;
  readonly values: readonly string[];
}

/** What the statements of a policy have around them: `{"Version":"2012-10-17","Statement":[]}`. */
const FRAME = 40;

/**
 * Policies that together allow just what is granted, each of at most so many characters. The CDK could move statements into
 * further policies by itself, but neither cuts them nor counts all of their characters.
 *
 * @param roomIn the room in the policy of an index
 */
export function bundlesOf(
  grants: readonly Grant[],
  roomIn: (index: number) => number,
): readonly (readonly Bundle[])[] {
  const policies: Bundle[][] = [];
  let room = 0;
  for (const whole of compacted(grants))
    for (let left: Bundle | undefined = whole; left !== undefined;) {
      const cut: Cut = cutAt(left, room);
      if (cut.head === undefined) {
        room = roomIn(policies.length) - FRAME;
        policies.push([]);
        // A single resource that is larger than a policy gets one nonetheless: functions/role-room.ts refuses it, in words.
        if (cutAt(left, room).head === undefined) room = Infinity;
        continue;
      }
      policies.at(-1)?.push(cut.head);
      room -= sizeOf(cut.head);
      left = cut.rest;
    }
  return policies;
}

/** Characters of the statements for some grants, if they need not be cut. */
export function charactersOf(grants: readonly Grant[]): number {
  return compacted(grants).reduce((total, bundle) => total + sizeOf(bundle), 0);
}

/** The fewest bundles for some grants. */
function compacted(grants: readonly Grant[]): readonly Bundle[] {
  const merged = mergedBy('resources', mergedBy('values', mergedBy('actions', grants.map(bundleOf))));
  // Of two long lists only one can be cut.
  return merged.flatMap(bundle =>
    bundle.values.length > 1 && bundle.resources.length > 1
      ? bundle.resources.map(resource => ({ ...bundle, resources: [resource] }))
      : [bundle],
  );
}

function bundleOf({ actions, resource, conditions = [] }: Grant): Bundle {
  // A statement names one service, so that it can be read as "only through" that service.
  const several = conditions.at(-1)?.key !== 'kms:ViaService';
  const last = several ? conditions.at(-1) : undefined;
  return {
    actions: [...actions].sort(),
    resources: [resource],
    given: several ? conditions.slice(0, -1) : conditions,
    last: last && { operator: last.operator, key: last.key },
    values: last === undefined ? [] : [last.value],
  };
}

/** Bundles that differ in one list only become one with both lists, which allows neither more nor less. */
function mergedBy(list: 'actions' | 'resources' | 'values', bundles: readonly Bundle[]): readonly Bundle[] {
  const groups = new Map<string, { readonly bundle: Bundle; readonly all: Set<string> }>();
  for (const bundle of bundles) {
    const rest = JSON.stringify({ ...bundle, [list]: [] });
    const group = groups.get(rest) ?? { bundle, all: new Set() };
    for (const one of bundle[list]) group.all.add(one);
    groups.set(rest, group);
  }
  return [...groups.values()].map(({ bundle, all }) => ({ ...bundle, [list]: [...all].sort() }));
}

/** What fits, and what is left. */
interface Cut {
  readonly head: Bundle | undefined;
  readonly rest: Bundle | undefined;
}

/** Cuts the longer list where the statement would become too large. */
function cutAt(bundle: Bundle, room: number): Cut {
  if (sizeOf(bundle) <= room) return { head: bundle, rest: undefined };
  const { resources, values } = bundle;
  const list = resources.join().length >= values.join().length ? 'resources' : 'values';
  const all = bundle[list];
  const firsts = (count: number): Bundle => ({ ...bundle, [list]: all.slice(0, count) });
  const fit = all.findIndex((_, index) => sizeOf(firsts(index + 1)) > room);
  if (fit === 0) return { head: undefined, rest: bundle };
  return { head: firsts(fit), rest: { ...bundle, [list]: all.slice(fit) } };
}

/** Characters of a statement and the comma after it, with the lists in brackets. */
function sizeOf(bundle: Bundle): number {
  const { actions, resources } = bundle;
  const conditions = conditionsOf(bundle);
  const statement = JSON.stringify({
    Action: actions,
    ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
    Effect: 'Allow',
    Resource: resources,
  });
  return statement.replace(TOKEN, LONGEST_ARN).length + 1;
}

/** What the CDK writes for an ARN that it does not know yet, and something longer than what it will be. */
const TOKEN = /\$\{Token\[[^\]]{1,200}\]\}/g;
const LONGEST_ARN = 'r'.repeat(150);

export function conditionsOf({
  given,
  last,
  values,
}: Bundle): Record<string, Record<string, string | string[]>> {
  const conditions: Record<string, Record<string, string | string[]>> = {};
  const add = ({ operator, key }: Omit<Condition, 'value'>, value: string | string[]): void => {
    conditions[operator] = { ...conditions[operator], [key]: value };
  };
  for (const condition of given) add(condition, condition.value);
  const [only = '', ...more] = values;
  const asList = more.length > 0 || last?.operator.startsWith('ForAnyValue') === true;
  if (last !== undefined) add(last, asList ? [...values] : only);
  return conditions;
}

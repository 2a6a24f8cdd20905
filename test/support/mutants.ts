import { evaluate, type Policies } from '../../emulator/iam/evaluate.ts';
import type { Asked, Iam } from '../../emulator/iam/iam.ts';
import type { Policy } from '../../emulator/iam/policy.ts';
import { shortName, shortResource } from './granted.ts';
import { mutantsOf, type PolicyMutant } from './policy-mutants.ts';

type Question = Pick<Asked, 'request' | 'decision' | 'policies'>;

/** A policy, and whose it is. Policies of resources that say the same are one policy; each resource is looked at by itself. */
interface Held {
  readonly holder: string;
  readonly policy: Policy;
  readonly questions: Question[];
}

export interface Survey {
  /** Whose policies were looked at, with the number of statements of each. */
  readonly holders: ReadonlyMap<string, number>;
  readonly statements: number;
  readonly mutants: number;
  /** What could be removed, and nobody would have got another answer. */
  readonly survivors: readonly string[];
}

/** Remembers what IAM was asked, each question once, and tells what no answer depends on. */
export class Mutants {
  readonly #questions = new Map<string, Question>();

  /** Watches together with whoever watches already. */
  constructor(iam?: Iam) {
    if (iam === undefined) return;
    const { watch } = iam;
    iam.watch = asked => {
      watch?.(asked);
      this.saw(asked);
    };
  }

  saw({ request, decision, policies }: Asked): void {
    const { principal, action, resource, context } = request;
    const keys = [...context].filter(([name]) => !OF_THE_MOMENT.has(name));
    const texts = policies.resource?.map(({ source }) => source);
    const id = JSON.stringify([principal.arn, action, resource, keys, texts]);
    if (!this.#questions.has(id)) this.#questions.set(id, { request, decision, policies });
  }

  /**
   * Asks some of the questions again, as if somebody else asked, or something else. What the answers were: this is how calls are
   * planted that nobody here can make.
   */
  asIf(
    which: (request: Question['request']) => boolean,
    change: (request: Question['request']) => Question['request'],
  ): readonly string[] {
    const asked = [...this.#questions.values()].filter(({ request }) => which(request));
    const decisions = asked.map(({ request, policies }) => {
      const other = change(request);
      const decision = evaluate(other, policies);
      this.saw({ request: other, decision, policies, how: 'tried' });
      return decision.kind;
    });
    return [...new Set(decisions)];
  }

  /** Everything that was asked of a bucket and its objects, as if it came without TLS. */
  withoutTls(bucket: string): readonly string[] {
    return this.asIf(
      ({ resource }) => resource.split('/')[0] === `arn:aws:s3:::${bucket}`,
      request => inContext(request, { 'aws:securetransport': 'false' }),
    );
  }

  /** Leaves out, one after the other, whatever the policies of these roles and of all resources say. */
  survey(iam: Iam, roles: readonly string[]): Survey {
    const held = [...this.#ofIdentities(iam, roles), ...this.#ofResources(iam)];
    const tried = held.map(one => ({ one, mutants: mutantsOf(one.policy) }));
    const survivors = tried.flatMap(({ one: { holder, policy, questions }, mutants }) =>
      mutants
        .filter(mutant => !missedBy(questions, { policy, mutant }))
        .map(({ name }) => `${holder}: ${shortened(name)}`),
    );
    return {
      holders: countedBy(held),
      statements: held.reduce((sum, { policy }) => sum + policy.length, 0),
      mutants: tried.reduce((sum, { mutants }) => sum + mutants.length, 0),
      survivors: [...new Set(survivors)],
    };
  }

  /** What is attached to each of them, asked about or not: policies, boundary, trust. */
  #ofIdentities(iam: Iam, roles: readonly string[]): readonly Held[] {
    return roles.flatMap(arn => {
      const attached = iam.identities.policiesOf(arn);
      if (attached === undefined) return [];
      const { identity, boundary, trust } = attached;
      const own = this.#about(({ request }) => request.principal.arn === arn);
      const trusting = this.#about(
        ({ request, policies }) => request.resource === arn && policies.resource === trust,
      );
      const name = shortName(arn);
      return [
        ...identity.map(policy => ({ holder: name, policy, questions: own })),
        ...(boundary === undefined
          ? []
          : [{ holder: `boundary of ${name}`, policy: boundary, questions: own }]),
        { holder: `trust of ${name}`, policy: trust, questions: trusting },
      ];
    });
  }

  /** Policies of resources are known by the questions that they were asked. */
  #ofResources(iam: Iam): readonly Held[] {
    const trusts = new Set(iam.identities.arns().map(arn => iam.identities.policiesOf(arn)?.trust));
    const held = new Map<Policy, Map<string, Held>>();
    for (const question of this.#questions.values()) {
      const policy = question.policies.resource;
      if (policy === undefined || trusts.has(policy)) continue;
      const holder = ownerOf(question.request.resource);
      const holders = held.get(policy) ?? new Map<string, Held>();
      held.set(policy, holders.set(holder, holders.get(holder) ?? { holder, policy, questions: [] }));
      holders.get(holder)?.questions.push(question);
    }
    return [...held.values()].flatMap(holders => [...holders.values()]);
  }

  #about(which: (question: Question) => boolean): Question[] {
    return [...this.#questions.values()].filter(which);
  }
}

const OF_THE_MOMENT = new Set(['aws:currenttime', 'aws:epochtime']);

/** Whether somebody would get another answer. */
function missedBy(
  questions: readonly Question[],
  { policy, mutant }: { readonly policy: Policy; readonly mutant: PolicyMutant },
): boolean {
  const { isAbout } = mutant.statement;
  return questions.some(
    ({ request, decision, policies }) =>
      isAbout.action(request.action) &&
      isAbout.resource(request.resource, request.context) &&
      evaluate(request, without(policies, policy, mutant.policy)).kind !== decision.kind,
  );
}

function without(policies: Policies, old: Policy, mutant: Policy): Policies {
  const instead = (one: Policy): Policy => (one === old ? mutant : one);
  const { identity, boundary, resource } = policies;
  return {
    ...policies,
    identity: identity.map(instead),
    ...(boundary !== undefined && { boundary: instead(boundary) }),
    ...(resource !== undefined && { resource: instead(resource) }),
  };
}

function countedBy(held: readonly Held[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const { holder, policy } of held) counted.set(holder, (counted.get(holder) ?? 0) + policy.length);
  return counted;
}

/** The bucket of an object; other resources are their own. */
function ownerOf(resource: string): string {
  return resource.startsWith('arn:aws:s3:::') ? (resource.split('/')[0] ?? resource) : resource;
}

function shortened(name: string): string {
  return name
    .split(' ')
    .map(word => shortResource(word))
    .join(' ');
}

export function inContext(
  request: Question['request'],
  values: Readonly<Record<string, string>>,
): Question['request'] {
  return { ...request, context: new Map([...request.context, ...Object.entries(values)]) };
}

import { evaluate, type Policies } from '../../emulator/iam/evaluate.ts';
import type { Asked } from '../../emulator/iam/iam.ts';
import type { Policy, Statement } from '../../emulator/iam/policy.ts';
import { shortName } from './granted.ts';

type Question = Pick<Asked, 'request' | 'decision' | 'policies'>;
type Source = Readonly<Record<string, unknown>>;

/** A policy without one of its statements, or one of the conditions of a statement. */
interface Mutant {
  readonly name: string;
  readonly of: Policy;
  readonly policy: Policy;
}

/** Remembers what IAM was asked, each question once, and which statements and conditions no answer depends on. */
export class Mutants {
  readonly #questions = new Map<string, Question>();

  saw({ request, decision, policies }: Asked): void {
    const { principal, action, resource, context } = request;
    const keys = [...context].filter(([name]) => !OF_THE_MOMENT.has(name));
    const texts = policies.resource?.map(({ source }) => source);
    const id = JSON.stringify([principal.arn, action, resource, keys, texts]);
    if (!this.#questions.has(id)) this.#questions.set(id, { request, decision, policies });
  }

  /** Asks all that was asked of a bucket again, as if it came without TLS. What the answers were. */
  withoutTls(bucket: string): readonly string[] {
    const asked = [...this.#questions].filter(([, { request }]) =>
      request.resource.startsWith(`arn:aws:s3:::${bucket}`),
    );
    const answers = asked.map(([id, { request, policies }]) => {
      const insecure = {
        ...request,
        context: new Map([...request.context, ['aws:securetransport', 'false']]),
      };
      const decision = evaluate(insecure, policies);
      this.#questions.set(`${id} without TLS`, { request: insecure, decision, policies });
      return decision.kind;
    });
    return [...new Set(answers)];
  }

  /** What could be removed, and nobody would have got another answer. */
  survivors(): readonly string[] {
    const questions = new Map<Policy, Question[]>();
    for (const question of this.#questions.values())
      for (const policy of policiesOf(question.policies))
        questions.set(policy, [...(questions.get(policy) ?? []), question]);
    return [...questions].flatMap(([policy, asked]) =>
      mutantsOf(policy)
        .filter(mutant => !asked.some(question => answersOtherwise(question, mutant)))
        .map(({ name }) => `${holderOf(policy, asked[0])}: ${name}`),
    );
  }
}

/** Whose policy it is: a role's or user's, or a resource's. */
function holderOf(policy: Policy, asked: Question | undefined): string {
  if (asked === undefined || asked.policies.resource === policy) return 'resource';
  return shortName(asked.request.principal.arn);
}

const OF_THE_MOMENT = new Set(['aws:currenttime', 'aws:epochtime']);

function policiesOf({ identity, resource }: Policies): readonly Policy[] {
  return [...identity, ...(resource === undefined ? [] : [resource])];
}

function mutantsOf(policy: Policy): readonly Mutant[] {
  return policy.flatMap((statement, index) => {
    const put = (...instead: readonly Statement[]): Policy => policy.toSpliced(index, 1, ...instead);
    const conditions = statement.conditions.map((_, at) => ({
      name: `${nameOf(statement)} without ${conditionsOf(statement)[at]}`,
      of: policy,
      policy: put({ ...statement, conditions: statement.conditions.toSpliced(at, 1) }),
    }));
    return [{ name: nameOf(statement), of: policy, policy: put() }, ...conditions];
  });
}

function answersOtherwise({ request, decision, policies }: Question, { of, policy }: Mutant): boolean {
  const instead = (one: Policy): Policy => (one === of ? policy : one);
  const { identity, resource } = policies;
  const changed = {
    ...policies,
    identity: identity.map(instead),
    ...(resource !== undefined && { resource: instead(resource) }),
  };
  return evaluate(request, changed).kind !== decision.kind;
}

function nameOf({ source }: Statement): string {
  const { Effect, Action, Resource, Sid = '' } = source as Source;
  return [Sid, Effect, [Action].flat().join(' '), 'on', [Resource].flat().join(' ')]
    .map(String)
    .join(' ')
    .trim();
}

/** In the order in which they are parsed. */
function conditionsOf({ source }: Statement): readonly string[] {
  const { Condition = {} } = source as { readonly Condition?: Readonly<Record<string, object>> };
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.keys(keys).map(key => `${operator} ${key}`),
  );
}

import type { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { Asked } from '../../emulator/iam/iam.ts';
import type { Statement } from '../../emulator/iam/policy.ts';

interface Granted {
  readonly role: string;
  readonly action: string;
  readonly resources: readonly string[];
  readonly statement: Statement;
}

/** Watches which permissions of roles and users are used, and which ones were missed. Administrators do not count. */
export class GrantWatch {
  readonly #aws: EmbeddedAws;
  /** By statement: actions that it alone allowed at least once. */
  readonly #needed = new Map<Statement, Set<string>>();
  /** By statement: actions that it allowed together with another one. */
  readonly #shared = new Map<Statement, Set<string>>();
  /** Calls of roles that were refused. */
  readonly missed = new Set<string>();

  constructor(aws: EmbeddedAws) {
    this.#aws = aws;
    aws.iam.watch = asked => this.#see(asked);
  }

  #see({ request, decision, how }: Asked): void {
    if (request.principal.arn.endsWith(':user/local')) return;
    if (decision.kind === 'denied') {
      if (how === 'tried') return;
      this.missed.add(`${shortName(request.principal.arn)}: ${request.action} on ${request.resource}`);
      return;
    }
    const kept = decision.by.length === 1 ? this.#needed : this.#shared;
    for (const statement of decision.by)
      kept.set(statement, (kept.get(statement) ?? new Set()).add(request.action));
  }

  /** Everything that roles or users are granted. */
  granted(arns: readonly string[]): readonly string[] {
    return arns.flatMap(role => this.#grantedTo(role)).map(one => wordsOf(one));
  }

  /** What a role or user is granted and nothing needed: no call would have been refused without it. */
  unneeded(arns: readonly string[]): readonly string[] {
    return arns
      .flatMap(role => this.#grantedTo(role))
      .filter(({ statement, action }) => this.#needed.get(statement)?.has(action) !== true)
      .map(one => {
        const twice = this.#shared.get(one.statement)?.has(one.action) === true ? ' (granted twice)' : '';
        return `${wordsOf(one)}${twice}`;
      });
  }

  #grantedTo(role: string): readonly Granted[] {
    const policies = this.#aws.iam.identities.policiesOf(role)?.identity ?? [];
    return policies.flat().flatMap(statement => {
      const { Action, Resource } = statement.source as {
        Action: string | string[];
        Resource: string | string[];
      };
      return [Action].flat().map(action => ({ role, action, resources: [Resource].flat(), statement }));
    });
  }
}

function wordsOf({ role, action, resources }: Granted): string {
  return `${shortName(role)}: ${action} on ${resources.map(one => shortResource(one)).join(', ')}`;
}

/** `KmsRewrap-FunctionsPlanRole1234ABCD-0123456789ab` is `Plan`. */
export function shortName(roleArn: string): string {
  return (
    /(?:Functions|Pipeline)?(Plan|MigrateUnitPlaintext|MigrateUnit|VerifyUnit|RollbackUnit|FollowTable|FollowBucket|Report|StateMachine|Scheduler\w*?)Role/.exec(
      roleArn,
    )?.[1] ??
    roleArn.split('/').at(-1) ??
    roleArn
  );
}

export function shortResource(arn: string): string {
  return arn.replace(/^arn:aws:([a-z0-9]+):([a-z0-9-]*):\d*:/, '$1:$2:');
}

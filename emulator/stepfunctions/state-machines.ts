import { AwsError } from '../protocol/aws-error.ts';
import type { Definition } from './asl.ts';
import { checkDefinition } from './check-definition.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  readonly definitionText: string;
  readonly createdAt: number;
}

/** All state machines. A definition with an unknown field is refused instead of half understood. */
export class StateMachines {
  readonly #machines = new Map<string, StateMachine>();

  create({
    arn,
    roleArn,
    definition: definitionText,
  }: {
    readonly arn: string;
    readonly roleArn: string;
    readonly definition: string;
  }): StateMachine {
    const definition = JSON.parse(definitionText) as Definition;
    const problems = checkDefinition(definition);
    if (problems.length > 0)
      throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${problems.join("', '")}'`);
    const machine = {
      arn,
      name: arn.split(':').at(-1) ?? '',
      roleArn,
      definition,
      definitionText,
      createdAt: Date.now(),
    };
    this.#machines.set(arn, machine);
    return machine;
  }

  get(arn: unknown): StateMachine {
    needArn(arn);
    const machine = this.#machines.get(arn);
    if (machine === undefined)
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  delete(arn: string): void {
    this.#machines.delete(arn);
  }

  all(): readonly StateMachine[] {
    return [...this.#machines.values()];
  }
}

/** @throws AwsError InvalidArn */
export function needArn(arn: unknown): asserts arn is string {
  if (typeof arn !== 'string' || !arn.startsWith('arn:'))
    throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${String(arn)}'`);
}

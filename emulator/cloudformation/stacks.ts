import { idOf } from './names.ts';
import type { Place, Stack } from './stack.ts';
import { invalid } from './template-text.ts';

/** All stacks of all accounts and Regions. A deleted one is found by its id alone. */
export class Stacks {
  readonly #stacks: Stack[] = [];

  /** A new stack, in which there is nothing yet. It exists as soon as it is added. */
  next(stackName: string, place: Place): Stack {
    const incarnation = this.#stacks.filter(isNamed(stackName, place)).length;
    const id = idOf(`stack ${place.accountId}/${place.region}/${stackName}/${incarnation}`);
    return {
      ...{ place, stackName, incarnation, createdAt: Date.now() },
      stackId: `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stackName}/${id}`,
      status: 'REVIEW_IN_PROGRESS',
      content: undefined,
      roleArn: undefined,
      terminationProtection: false,
      tags: [],
      capabilities: [],
      events: [],
    };
  }

  add(stack: Stack): void {
    this.#stacks.push(stack);
  }

  find(reference: string, place: Place): Stack | undefined {
    const here = this.#stacks.filter(isIn(place));
    return (
      here.find(({ stackId }) => stackId === reference) ??
      here.find(({ stackName, deletedAt }) => stackName === reference && deletedAt === undefined)
    );
  }

  /** @throws AwsError ValidationError */
  get(reference: string, place: Place): Stack {
    const found = this.find(reference, place);
    if (found === undefined) throw invalid(`Stack with id ${reference} does not exist`);
    return found;
  }

  /** One whose change sets are all gone before any was executed. */
  forget(stack: Stack): void {
    this.#stacks.splice(this.#stacks.indexOf(stack), 1);
  }

  /** Those that are not deleted. */
  in(place: Place): readonly Stack[] {
    return this.#stacks.filter(isIn(place)).filter(({ deletedAt }) => deletedAt === undefined);
  }

  /** Of an account, in all Regions. */
  of(accountId: string): readonly Stack[] {
    return this.#stacks.filter(
      ({ place, deletedAt }) => place.accountId === accountId && deletedAt === undefined,
    );
  }
}

function isIn({ accountId, region }: Place): (stack: Stack) => boolean {
  return ({ place }) => place.accountId === accountId && place.region === region;
}

function isNamed(name: string, place: Place): (stack: Stack) => boolean {
  return stack => stack.stackName === name && isIn(place)(stack);
}

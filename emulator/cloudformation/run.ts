import type { Acting } from './acting.ts';
import type { Plan, Step } from './plan.ts';
import { permissionsToDelete, permissionsToMake } from './resource-permissions.ts';
import type { Resources } from './resources/registry.ts';
import type { Stack, StackResource } from './stack.ts';
import { note, noteStack } from './stack-events.ts';

interface Running {
  readonly stack: Stack;
  readonly acting: Acting;
  readonly resources: Resources;
}

/**
 * Makes of a stack what the plan says. If a step fails, all steps so far are undone, the last one first.
 */
export async function execute(plan: Plan, running: Running): Promise<void> {
  const { stack } = running;
  const creates = stack.content === undefined;
  noteStack(stack, creates ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', 'User Initiated');
  const done: Step[] = [];
  try {
    for (const step of plan.steps) {
      await make(step, running);
      done.push(step);
    }
  } catch (error) {
    if (creates) stack.content = { ...plan.content, resources: [], outputs: {} };
    await rollBack({ done, creates, reason: wordsOf(error) }, running);
    return;
  }
  const before = stack.content?.resources ?? [];
  stack.content = plan.content;
  if (!creates) {
    noteStack(stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await cleanUp(plan, before, running);
  }
  noteStack(stack, creates ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
}

async function make(step: Step, running: Running): Promise<void> {
  const { stack, acting, resources } = running;
  const { resource } = step;
  const verb = step.kind === 'create' ? 'CREATE' : 'UPDATE';
  note(stack, resource, `${verb}_IN_PROGRESS`);
  try {
    for (const permission of permissionsToMake(step, acting)) acting.iam.need(permission);
    const handler = resources.handlerOf(resource.type);
    if (step.kind === 'update') await handler.update(resource, step.before, acting);
    else await handler.create(resource, acting);
  } catch (error) {
    note(stack, resource, `${verb}_FAILED`, wordsOf(error));
    throw new Error(`${resource.logicalId}: ${wordsOf(error)}`, { cause: error });
  }
  note(stack, resource, `${verb}_COMPLETE`);
}

interface Failed {
  readonly done: readonly Step[];
  readonly creates: boolean;
  readonly reason: string;
}

async function rollBack({ done, creates, reason }: Failed, running: Running): Promise<void> {
  const { stack, acting, resources } = running;
  const status = creates ? 'ROLLBACK' : 'UPDATE_ROLLBACK';
  noteStack(
    stack,
    `${status}_IN_PROGRESS`,
    `The following resource(s) failed: ${reason}. Rollback requested.`,
  );
  let failed = false;
  for (const step of [...done].reverse()) {
    if (step.kind === 'update')
      await resources.handlerOf(step.resource.type).update(step.before, step.resource, acting);
    // Retain keeps what was just made, too; RetainExceptOnCreate does not (template reference, DeletionPolicy).
    else
      failed = !(await remove(step.resource, step.resource.deletionPolicy === 'Retain', running)) || failed;
  }
  noteStack(stack, `${status}_${failed ? 'FAILED' : 'COMPLETE'}`);
}

/** What is not needed any more, the last one first. What cannot be deleted stays, and is not the stack's any more. */
async function cleanUp(plan: Plan, before: readonly StackResource[], running: Running): Promise<void> {
  const replaced = new Map(
    plan.steps.flatMap(step =>
      step.kind === 'replace' ? [[step.resource.logicalId, step.resource.updateReplacePolicy] as const] : [],
    ),
  );
  const removed = new Map(plan.removed.map(({ logicalId, deletionPolicy }) => [logicalId, deletionPolicy]));
  for (const resource of [...before].reverse()) {
    const policy = replaced.get(resource.logicalId) ?? removed.get(resource.logicalId);
    if (policy !== undefined) await remove(resource, policy !== 'Delete', running);
  }
}

/** Deletes a resource, or leaves it. False if that failed. */
async function remove(resource: StackResource, keep: boolean, running: Running): Promise<boolean> {
  const { stack, acting, resources } = running;
  if (keep) {
    note(stack, resource, 'DELETE_SKIPPED');
    return true;
  }
  note(stack, resource, 'DELETE_IN_PROGRESS');
  try {
    for (const permission of permissionsToDelete(resource, acting)) acting.iam.need(permission);
    await resources.handlerOf(resource.type).delete(resource, acting);
  } catch (error) {
    note(stack, resource, 'DELETE_FAILED', wordsOf(error));
    return false;
  }
  note(stack, resource, 'DELETE_COMPLETE');
  return true;
}

/** Deletes a stack's resources, the last one first. `retain`: those that stay, by logical id. */
export async function deleteStack(running: Running, retain: readonly string[] = []): Promise<void> {
  const { stack } = running;
  noteStack(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
  const left: StackResource[] = [];
  for (const resource of [...(stack.content?.resources ?? [])].reverse()) {
    const keep = resource.deletionPolicy !== 'Delete' || retain.includes(resource.logicalId);
    if (!(await remove(resource, keep, running))) left.unshift(resource);
  }
  if (stack.content !== undefined) stack.content = { ...stack.content, resources: left };
  if (left.length === 0) {
    noteStack(stack, 'DELETE_COMPLETE');
    stack.deletedAt = Date.now();
  } else
    noteStack(
      stack,
      'DELETE_FAILED',
      `The following resource(s) failed to delete: [${left.map(({ logicalId }) => logicalId).join(', ')}].`,
    );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { randomUUID } from 'node:crypto';
import type { Stack, StackEvent, StackResource } from './stack.ts';

/** Puts down what has become of a resource. */
export function note(
  stack: Stack,
  { logicalId, physicalId, type }: StackResource,
  status: string,
  reason?: string,
): void {
  push(stack, { logicalId, physicalId, type, status, ...(reason !== undefined && { reason }) });
}

/** The status of the stack itself, which is an event, too. */
export function noteStack(stack: Stack, status: string, reason?: string): void {
  stack.status = status;
  if (reason === undefined) Reflect.deleteProperty(stack, 'reason');
  else stack.reason = reason;
  push(stack, {
    logicalId: stack.stackName,
    physicalId: stack.stackId,
    type: 'AWS::CloudFormation::Stack',
    status,
    ...(reason !== undefined && { reason }),
  });
}

function push({ events }: Stack, event: Omit<StackEvent, 'eventId' | 'at'>): void {
  events.push({ ...event, eventId: randomUUID(), at: Date.now() });
}

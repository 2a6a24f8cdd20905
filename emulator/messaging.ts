import { setTimeout as sleep } from 'node:timers/promises';
import { EventBus } from './eventbridge/event-bus.ts';
import { QueueMappings } from './functions/queue-mappings.ts';
import type { Iam } from './iam/iam.ts';
import type { Integrated } from './integrations.ts';
import type { EmbeddedAwsOptions } from './options.ts';
import { Queues } from './sqs/queues.ts';
import { functionAt, roleOf } from './stream-mappings.ts';

/** What tells of what has happened: buses of events, queues, and the mappings that hand messages to functions. */
export interface Messaging {
  readonly queues: Queues;
  readonly bus: EventBus;
  readonly mappings: QueueMappings;
}

export function messaging(
  iam: Iam,
  integrated: Pick<Integrated, 'functions' | 'lambda' | 'authorizationOf'>,
  { now = Date.now, waitScale = 1 }: EmbeddedAwsOptions,
): Messaging {
  const { functions, lambda } = integrated;
  const queues = new Queues(iam, now);
  const bus = new EventBus((...of) => queues.send(...of), now);
  const mappings = new QueueMappings({
    find: arn => queues.find(arn),
    policyOf: arn => queues.policyOf(arn),
    receive: (...of) => queues.receive(...of),
    release: (...of) => queues.release(...of),
    remove: (...of) => queues.remove(...of),
    invoke: (arn, event) => lambda.invoke(functionAt(functions, arn), event),
    timeoutSecondsOf: arn => functionAt(functions, arn).timeoutSeconds,
    roleOf: arn => roleOf(integrated, arn),
    wait: ms => sleep(ms * waitScale, undefined, { ref: false }),
  });
  queues.listen(arn => mappings.wake(arn));
  return { queues, bus, mappings };
}

import type { Alarms } from '../cloudwatch/alarms.ts';
import type { EventSourceMappings } from '../functions/event-source-mappings.ts';
import type { EventBus } from '../eventbridge/event-bus.ts';
import type { QueueMappings } from '../functions/queue-mappings.ts';
import type { Functions } from '../functions/functions.ts';
import type { Iam } from '../iam/iam.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { Authorization } from '../protocol/authorization.ts';
import type { Buckets } from '../s3/bucket.ts';
import type { Schedules } from '../scheduler/schedules.ts';
import type { Queues } from '../sqs/queues.ts';
import type { Topics } from '../sns/topics.ts';
import type { Parameters } from '../ssm/parameters.ts';
import type { StateMachines } from '../stepfunctions/state-machines.ts';
import type { Place, StackResource } from './stack.ts';

/** Queues, rules of the default bus, and the mappings from queues to functions. */
interface Messaging {
  readonly queues: Queues;
  readonly bus: EventBus;
  readonly mappings: QueueMappings;
}

/** The services that a stack's resources live in. */
export interface Services {
  readonly buckets: Buckets;
  readonly keys: KeyStore;
  readonly iam: Iam;
  readonly functions: Functions;
  readonly eventSourceMappings: EventSourceMappings;
  readonly messaging: Messaging;
  readonly stateMachines: StateMachines;
  readonly parameters: Parameters;
  readonly schedules: Schedules;
  readonly alarms: Alarms;
  readonly topics: Topics;
  /** Calls DynamoDB, which also asks about keys. @throws Error with its words */
  dynamoDb(operation: string, input: object, as: Pick<Acting, 'place' | 'iam'>): Promise<unknown>;
}

/** On whose behalf CloudFormation acts, and where. */
export interface Acting {
  readonly place: Place;
  readonly services: Services;
  readonly iam: Authorization;
  /** The folder with the code of a function. */
  codeOf(code: unknown): Promise<string>;
}

/** Makes, changes and deletes resources of one type. A change that fails must leave things as they were. */
export interface ResourceHandler {
  create(resource: StackResource, acting: Acting): void | Promise<void>;
  update(resource: StackResource, before: StackResource, acting: Acting): void | Promise<void>;
  delete(resource: StackResource, acting: Acting): void | Promise<void>;
}

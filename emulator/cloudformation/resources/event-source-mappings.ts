import type { EventSourceMapping } from '../../functions/event-source-mappings.ts';
import type { QueueMapping } from '../../functions/queue-mappings.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

interface Properties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly Enabled?: boolean;
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly BatchSize?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

function ofBoth({ physicalId, properties }: StackResource, { services, place }: Acting) {
  const { FunctionName, Enabled = true, FunctionResponseTypes = [] } = properties as unknown as Properties;
  return {
    uuid: physicalId,
    functionArn: services.functions.get(FunctionName, place).arn,
    enabled: Enabled,
    reportsItems: FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}

/** The defaults are those of streams. */
function ofStream(resource: StackResource, acting: Acting): EventSourceMapping {
  const given = resource.properties as unknown as Properties;
  return {
    ...ofBoth(resource, acting),
    streamArn: given.EventSourceArn,
    startingPosition: given.StartingPosition,
    batchSize: given.BatchSize ?? 100,
    bisects: given.BisectBatchOnFunctionError ?? false,
    mostRetries: given.MaximumRetryAttempts ?? -1,
    mostAgeSeconds: given.MaximumRecordAgeInSeconds ?? -1,
    queueArn: given.DestinationConfig?.OnFailure?.Destination,
  };
}

/** Lambda begins with five batches at a time. */
const AT_ONCE = 5;

/** The defaults are those of queues. */
function ofQueue(resource: StackResource, acting: Acting): QueueMapping {
  const given = resource.properties as unknown as Properties;
  return {
    ...ofBoth(resource, acting),
    queueArn: given.EventSourceArn,
    batchSize: given.BatchSize ?? 10,
    mostAtOnce: given.ScalingConfig?.MaximumConcurrency ?? AT_ONCE,
  };
}

function isQueue({ properties }: StackResource): boolean {
  return String(properties['EventSourceArn']).includes(':sqs:');
}

export const eventSourceMappingHandler: ResourceHandler = {
  create(resource, acting) {
    if (isQueue(resource)) acting.services.messaging.mappings.put(ofQueue(resource, acting));
    else acting.services.eventSourceMappings.create(ofStream(resource, acting));
  },
  update(resource, _, acting) {
    if (isQueue(resource)) acting.services.messaging.mappings.put(ofQueue(resource, acting));
    else acting.services.eventSourceMappings.update(ofStream(resource, acting));
  },
  delete(resource, { services }) {
    const mappings = isQueue(resource) ? services.messaging.mappings : services.eventSourceMappings;
    mappings.delete(resource.physicalId);
  },
};

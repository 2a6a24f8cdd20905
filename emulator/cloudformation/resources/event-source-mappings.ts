import type { EventSourceMapping } from '../../functions/event-source-mappings.ts';
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
}

/** The defaults are those of streams. */
function mappingOf(
  { physicalId, properties }: StackResource,
  { services, place }: Acting,
): EventSourceMapping {
  const given = properties as unknown as Properties;
  return {
    uuid: physicalId,
    streamArn: given.EventSourceArn,
    functionArn: services.functions.get(given.FunctionName, place).arn,
    enabled: given.Enabled ?? true,
    startingPosition: given.StartingPosition,
    batchSize: given.BatchSize ?? 100,
    bisects: given.BisectBatchOnFunctionError ?? false,
    mostRetries: given.MaximumRetryAttempts ?? -1,
    mostAgeSeconds: given.MaximumRecordAgeInSeconds ?? -1,
    reportsItems: (given.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
    queueArn: given.DestinationConfig?.OnFailure?.Destination,
  };
}

export const eventSourceMappingHandler: ResourceHandler = {
  create(resource, acting) {
    acting.services.eventSourceMappings.create(mappingOf(resource, acting));
  },
  update(resource, _, acting) {
    acting.services.eventSourceMappings.update(mappingOf(resource, acting));
  },
  delete({ physicalId }, { services }) {
    services.eventSourceMappings.delete(physicalId);
  },
};

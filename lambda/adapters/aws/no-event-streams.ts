/**
 * What the bundles of the functions have in the place of the SDK's event streams, which only operations that nobody calls here send or
 * receive: SelectObjectContent and the like. The clients of the SDK ask for a marshaller when they are made. Saves 14 KB.
 */
export const resolveEventStreamSerdeConfig = <Config extends object>(config: Config): Config => config;

export const eventStreamSerdeProvider = (): never => {
  throw new Error('aws.event-streams: the bundles of the functions have no event streams');
};

export class EventStreamSerde {
  readonly none = eventStreamSerdeProvider();
}

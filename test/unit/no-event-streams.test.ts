import { S3Client } from '@aws-sdk/client-s3';
import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from '../../lambda/adapters/aws/no-event-streams.ts';
import * as sdk from '@smithy/core/event-streams';

describe('what the functions have in the place of event streams', () => {
  it('has all that a client and its protocol take of the SDK', () => {
    expect(Object.keys(sdk)).toEqual(
      expect.arrayContaining([
        'EventStreamSerde',
        'eventStreamSerdeProvider',
        'resolveEventStreamSerdeConfig',
      ]),
    );
    const { config } = new S3Client({ region: 'us-east-1' });
    expect(resolveEventStreamSerdeConfig(config)).toBe(config);
  });

  it('says so where one is used after all', () => {
    expect(() => new EventStreamSerde()).toThrow(
      'aws.event-streams: the bundles of the functions have no event streams',
    );
    expect(() => eventStreamSerdeProvider()).toThrow('aws.event-streams');
  });
});

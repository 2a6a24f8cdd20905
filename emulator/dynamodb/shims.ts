import { AwsError } from '../protocol/aws-error.ts';
import { inputOf } from '../protocol/json-protocol.ts';
import type { AwsRequest, AwsResponse } from '../protocol/request.ts';
import { json } from './response-body.ts';
import { forward, targeting, type Tables } from './tables.ts';

/** Operations that dynalite does not know. */
export async function shim(
  operation: string,
  request: AwsRequest,
  { server }: Tables,
): Promise<AwsResponse | undefined> {
  const described = (): Promise<AwsResponse> =>
    forward(server, { ...request, headers: targeting(request.headers, 'DescribeTable') });
  switch (operation) {
    case 'UpdateTable': {
      const { TableName: _, SSESpecification, StreamSpecification, ...others } = inputOf(request);
      const own = [SSESpecification, StreamSpecification].filter(one => one !== undefined).length;
      if (own === 0) return undefined;
      if (Object.keys(others).length + own > 1)
        throw new AwsError(
          'ValidationException',
          'the embedded AWS changes the encryption or the stream of a table alone, and nothing else with it',
        );
      const table = await described();
      if (table.status !== 200) return table;
      const { Table } = JSON.parse(String(table.body)) as { readonly Table: object };
      return json(request, { TableDescription: Table });
    }
    case 'DescribeContinuousBackups': {
      const table = await described();
      if (table.status !== 200) return table;
      return json(request, {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
        },
      });
    }
    case 'TagResource':
      needTags(inputOf(request));
      return undefined;
    case 'UpdateTimeToLive': {
      const { TimeToLiveSpecification } = JSON.parse(request.body.toString('utf8')) as {
        readonly TimeToLiveSpecification: object;
      };
      return json(request, { TimeToLiveSpecification });
    }
    default:
      return undefined;
  }
}

/** dynalite ends the process at a tag without a value. */
function needTags({
  Tags = [],
}: {
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}): void {
  for (const { Key, Value } of Tags)
    if (!Key || Value === undefined)
      throw new AwsError(
        'ValidationException',
        'a tag needs a key of 1 to 128 characters, and a value, which may be empty',
      );
}

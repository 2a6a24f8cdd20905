import { Buffer } from 'node:buffer';
import { dynamoDbService } from '../../emulator/dynamodb/service.ts';
import { TableStreams } from '../../emulator/dynamodb/streams.ts';
import { EVERYTHING } from '../../emulator/protocol/authorization.ts';

export interface Answer {
  readonly status: number;
  readonly output: unknown;
}

/** Calls of an embedded DynamoDB of its own, without a socket, so that nothing lies between an answer and the next request. */
export function dynamoDbCalls(): (operation: string, input: object | string) => Promise<Answer> {
  const tables = dynamoDbService(
    { use: () => undefined, choose: key => key },
    { streams: new TableStreams() },
  );
  return async (operation, input) => {
    const { status, body } = await tables.handle({
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {
        host: 'dynamodb.eu-west-1.amazonaws.com',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b`,
        'x-amz-date': '20260101T000000Z',
      },
      body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
      service: 'dynamodb',
      region: 'eu-west-1',
      caller: { accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/one' },
      iam: EVERYTHING,
      requestId: 'request',
    });
    return { status, output: JSON.parse(String(body)) as unknown };
  };
}

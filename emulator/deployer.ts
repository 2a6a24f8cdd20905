import { randomUUID } from 'node:crypto';
import type { Services } from './cloudformation/acting.ts';
import { CloudFormation, type Reading } from './cloudformation/cloudformation.ts';
import type { Place } from './cloudformation/stack.ts';
import type { ReadYaml } from './cloudformation/template-text.ts';
import type { Authorization } from './protocol/authorization.ts';
import type { AwsRequest, Service } from './protocol/request.ts';

export interface Deployed extends Omit<Services, 'dynamoDb'> {
  readonly service: (name: 's3' | 'dynamodb') => Service;
  readonly authorizationOf: (from: Pick<AwsRequest, 'caller' | 'region' | 'service'>) => Authorization;
  readonly readYaml: ReadYaml | undefined;
  readonly folder: () => string;
}

/** CloudFormation with the services that its stacks live in. */
export function deployer(deployed: Deployed): CloudFormation {
  const { readYaml, folder, authorizationOf } = deployed;
  return new CloudFormation({
    services: {
      ...deployed,
      dynamoDb: (operation, input, { place, iam }) =>
        callDynamoDb(deployed, { operation, input, place, iam }),
    },
    ...{ readYaml, folder },
    readObject: (object, at) => readObject(deployed, object, at),
    authorizationOf: (arn, { accountId, region }) =>
      authorizationOf({ caller: { accountId, arn }, region, service: 'cloudformation' }),
  });
}

async function readObject(
  { buckets, service }: Deployed,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { iam, place: { accountId } }: Reading,
): Promise<Buffer> {
  const { status, body } = await service('s3').handle({
    ...{ method: 'GET', headers: {}, body: Buffer.alloc(0), query: new URLSearchParams() },
    path: `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
    ...{ service: 's3', region: buckets.get(bucket).region, iam, requestId: randomUUID() },
    caller: { accountId, arn: `arn:aws:iam::${accountId}:role/cloudformation` },
  });
  if (status >= 300) throw new Error(String(body));
  return Buffer.from(body);
}

interface Call {
  readonly operation: string;
  readonly input: object;
  readonly place: Place;
  readonly iam: Authorization;
}

async function callDynamoDb({ service }: Deployed, { operation, input, place, iam }: Call): Promise<unknown> {
  const { accountId, region } = place;
  const response = await service('dynamodb').handle({
    ...{ method: 'POST', path: '/', query: new URLSearchParams(), service: 'dynamodb', region },
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=embedded/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: Buffer.from(JSON.stringify(input)),
    caller: { accountId, arn: `arn:aws:iam::${accountId}:role/cloudformation` },
    ...{ iam, requestId: randomUUID() },
  });
  if (response.status !== 200) throw new Error(`${operation}: ${String(response.body)}`);
  return JSON.parse(String(response.body)) as unknown;
}

import { OLD_KEY } from './builders.ts';

export const TRAIL_ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${TRAIL_ACCOUNT}:role/apps/orders`;

type Fields = Readonly<Record<string, unknown>>;

/** A caller with the credentials of a role, as CloudTrail documents it. */
export const SESSION: Fields = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:orders-1',
  arn: `arn:aws:sts::${TRAIL_ACCOUNT}:assumed-role/orders/orders-1`,
  accountId: TRAIL_ACCOUNT,
  sessionContext: { sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE', arn: ROLE } },
};

let ids = 0;

/** An event record of KMS, in the shape of the examples of the KMS developer guide. */
export function record(eventName: string, changes: Fields = {}): Fields {
  return {
    ...{ eventVersion: '1.11', userIdentity: SESSION, eventTime: '2026-11-20T10:00:00Z' },
    ...{ eventSource: 'kms.amazonaws.com', eventName, awsRegion: 'us-east-1' },
    ...{ sourceIPAddress: '192.0.2.7', userAgent: 'aws-sdk-java/2.31' },
    requestParameters: { encryptionContext: { tenant: 'acme' }, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    responseElements: null,
    ...{ requestID: `request-${++ids}`, eventID: `event-${ids}`, readOnly: true },
    resources: [keyResource(OLD_KEY)],
    ...{ eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: TRAIL_ACCOUNT },
    ...{ eventCategory: 'Management', ...changes },
  };
}

export function keyResource(ARN: string): Fields {
  return { accountId: ARN.split(':')[4], type: 'AWS::KMS::Key', ARN };
}

import { S3ControlClient } from '@aws-sdk/client-s3-control';

/** A client that leaves the account out of the host, which it would put before an address of loopback. */
export function s3Control(endpoint: string, credentials?: S3ControlClientCredentials): S3ControlClient {
  return new S3ControlClient({
    ...{ region: 'us-east-1', maxAttempts: 1 },
    endpointProvider: () => ({ url: new URL(endpoint) }),
    ...(credentials !== undefined && { credentials }),
  });
}

interface S3ControlClientCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

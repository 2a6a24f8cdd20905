import {
  CopyObjectCommand,
  HeadObjectCommand,
  type CopyObjectCommandInput,
  type HeadObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { answerDate } from '../aws/answer-date.ts';
import type { AwsClients } from '../aws/clients.ts';
import { COPY_OBJECT, HEAD_OBJECT, type Shown } from './object-operation.ts';

/** The two requests that every object of a bucket takes. */
export interface ObjectCalls {
  head(input: HeadObjectCommandInput): Promise<Shown>;
  copy(input: CopyObjectCommandInput): Promise<unknown>;
}

/** Through the SDK's middleware. */
export function sdkObjectCalls(client: S3Client): ObjectCalls {
  return {
    head: async input => {
      const command = new HeadObjectCommand(input);
      const answeredAt = answerDate(command);
      return { head: await client.send(command), answeredAt: answeredAt() };
    },
    copy: input => client.send(new CopyObjectCommand(input)),
  };
}

/** Without it, wherever an object's endpoint takes the signature that lean calls make. They are of one bucket. */
export function leanObjectCalls(clients: AwsClients, client: S3Client): ObjectCalls {
  const sdk = sdkObjectCalls(client);
  const [head, copy] = [clients.leanCalls(client, HEAD_OBJECT), clients.leanCalls(client, COPY_OBJECT)];
  return {
    head: async input => ((await head.isSignedHere(input)) ? head.send(input) : sdk.head(input)),
    copy: async input => ((await copy.isSignedHere(input)) ? copy.send(input) : sdk.copy(input)),
  };
}

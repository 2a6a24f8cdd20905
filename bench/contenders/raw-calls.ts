import { Agent, request } from 'node:http';
import type { OldRecord } from './sdk.ts';
import type { Task } from './messages.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The pair of calls without an SDK, signature or parser: no client can do with less. */
export class RawCalls {
  readonly #task: Task;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(task: Task) {
    this.#task = task;
  }

  async pair(record: OldRecord): Promise<void> {
    const { source, destination } = this.#task.keys;
    const context = { purpose: 'bench' };
    const answer = await this.#post('kms', 'TrentService.ReEncrypt', {
      ...{ CiphertextBlob: base64(record.dataKey), SourceKeyId: source, DestinationKeyId: destination },
      ...{ SourceEncryptionContext: context, DestinationEncryptionContext: context },
    });
    const { CiphertextBlob } = JSON.parse(answer) as { readonly CiphertextBlob: string };
    await (this.#task.store.kind === 'table'
      ? this.#update(record, CiphertextBlob)
      : this.#copy(record, CiphertextBlob));
  }

  close(): void {
    this.#agent.destroy();
  }

  #update({ key, dataKey }: OldRecord, made: string): Promise<string> {
    return this.#post('dynamodb', 'DynamoDB_20120810.UpdateItem', {
      ...{ TableName: this.#task.store.name, Key: key },
      UpdateExpression: 'SET #keys[0].edk = :new, #keys[0].#key = :key',
      ConditionExpression: '#keys[0].edk = :old',
      ExpressionAttributeNames: { '#keys': 'keys', '#key': 'key' },
      ExpressionAttributeValues: {
        ':new': { B: made },
        ':old': { B: base64(dataKey) },
        ':key': { S: this.#task.keys.destination },
      },
    });
  }

  #copy({ objectKey, etag = '' }: OldRecord, made: string): Promise<string> {
    const { name } = this.#task.store;
    return this.#send({
      ...{ method: 'PUT', path: `/${name}/${objectKey}`, body: '' },
      headers: {
        authorization: scope('s3'),
        'x-amz-copy-source': `${name}/${objectKey}`,
        'x-amz-metadata-directive': 'REPLACE',
        'if-match': etag,
        'content-type': 'application/octet-stream',
        'x-amz-meta-data-key': made,
        'x-amz-meta-kms-key-arn': this.#task.keys.destination,
      },
    });
  }

  #post(service: string, target: string, input: object): Promise<string> {
    return this.#send({
      ...{ method: 'POST', path: '/', body: JSON.stringify(input) },
      headers: {
        'content-type': `application/x-amz-json-${service === 'kms' ? '1.1' : '1.0'}`,
        'x-amz-target': target,
        'x-amz-date': '20260101T000000Z',
        authorization: scope(service),
      },
    });
  }

  #send({ method, path, headers, body }: Sent): Promise<string> {
    const { hostname, port } = new URL(this.#task.endpoint);
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, hostname, port, method, path, headers };
      const sent = request(options, response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${method} ${path}: ${text}`)),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function scope(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
}

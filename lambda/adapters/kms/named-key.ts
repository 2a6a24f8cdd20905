import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { httpTo, type ClientConfig } from '../aws/client-config.ts';
import { messageOf, nameOf } from '../aws/errors.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

/** How KMS lets people name a key of their own account and Region, short of an ARN (KMS Developer Guide, Key identifiers). */
const SHORT =
  /^(?:alias\/[a-zA-Z0-9/_-]{1,250}|mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export type NamedKey =
  | { readonly kind: 'key'; readonly keyArn: string }
  | { readonly kind: 'no-name' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'denied'; readonly message: string };

/** The ARN of the key that a bare alias or key id means, in the account and Region of the caller. */
export async function namedKey(name: string, config: ClientConfig): Promise<NamedKey> {
  if (!SHORT.test(name)) return { kind: 'no-name' };
  const client = withNamedCalls(new KMSClient({ requestHandler: httpTo('api'), ...config }), 'kms');
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: name }));
    return KeyMetadata?.Arn === undefined ? { kind: 'missing' } : { kind: 'key', keyArn: KeyMetadata.Arn };
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return { kind: 'missing' };
    if (nameOf(error) === 'AccessDeniedException') return { kind: 'denied', message: messageOf(error) };
    throw error;
  } finally {
    client.destroy();
  }
}

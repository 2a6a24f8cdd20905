import type { Client, Place, Written } from './client.ts';
import { succeed } from './process.ts';

/** No account, and no configuration of whoever runs this. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_JAVA_V1_DISABLE_DEPRECATION_ANNOUNCEMENT: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** A client in another language: a program that reads one request in JSON and answers in JSON. */
export function processClient({
  name,
  software,
  command,
}: Pick<Client, 'name' | 'software'> & { readonly command: readonly string[] }): Client {
  const ask = async (request: object): Promise<unknown> => {
    const answer = await succeed(command, { env: CREDENTIALS, input: JSON.stringify(request) });
    return JSON.parse(answer.trim().split('\n').at(-1) ?? '');
  };
  return {
    name,
    software,
    write: async (place: Place) => (await ask({ verb: 'write', place })) as Written,
    read: async (place: Place, written: Written) => {
      await ask({ verb: 'read', place, written });
    },
  };
}

import type { Credentials } from '../../emulator/protocol/callers.ts';

export interface RawCall {
  readonly endpoint: string;
  readonly service: string;
  readonly region?: string;
  /** @default an administrator's */
  readonly credentials?: Credentials;
}

/** Calls a service of the Query protocol whose client this package does not have, and answers with its XML. */
export function queryCall(to: RawCall, parameters: Readonly<Record<string, string>>): Promise<string> {
  return call(to, { body: new URLSearchParams(parameters).toString(), headers: {} });
}

/** The value of a parameter of Systems Manager, if it is there. */
export async function parameterValue(endpoint: string, Name: string): Promise<string | undefined> {
  const answer = await jsonCall({ endpoint, service: 'ssm' }, 'AmazonSSM.GetParameter', { Name });
  return (answer as { readonly Parameter?: { readonly Value: string } }).Parameter?.Value;
}

/** Calls a service of the JSON protocol, and answers with its JSON. */
async function jsonCall(to: RawCall, target: string, input: object): Promise<unknown> {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  return JSON.parse(await call(to, { body: JSON.stringify(input), headers })) as unknown;
}

async function call(
  { endpoint, service, region = 'us-east-1', credentials }: RawCall,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<string> {
  const scope = `${credentials?.accessKeyId ?? 'local'}/20260101/${region}/${service}/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    body,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
    },
  });
  return response.text();
}

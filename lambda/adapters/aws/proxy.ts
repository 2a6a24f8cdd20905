import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { getProxyForUrl } from 'proxy-from-env';
import { proxyOf } from './proxy-of.ts';
import { ANSWER_TIMEOUT_MS, CONNECTION_TIMEOUT_MS, type ClientConfig } from './client-config.ts';

type Options = Parameters<HttpsProxyAgent<string>['connect']>[1];

/**
 * Reaches AWS through the proxy of the environment, wherever NO_PROXY has no exception. The SDK knows of no proxy by itself.
 * It hands its request handler on to the calls for credentials, but not to those of SSO, so that the providers of
 * credentials are given it here.
 */
export function throughProxy(config: ClientConfig): ClientConfig {
  const agent = new EnvironmentAgent();
  const requestHandler = {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: ANSWER_TIMEOUT_MS.objects,
    throwOnRequestTimeout: true,
    httpsAgent: agent,
  } as unknown as NonNullable<ClientConfig['requestHandler']>;
  const { profile } = config;
  const credentials = defaultProvider({
    ...(profile !== undefined && { profile }),
    clientConfig: { requestHandler },
  });
  return { ...config, requestHandler, credentials };
}

/** Decides for each connection, because NO_PROXY names hosts. The address in the constructor is never used. */
class EnvironmentAgent extends HttpsProxyAgent<string> {
  constructor() {
    super('http://proxy.invalid', { keepAlive: true, maxSockets: 50 });
  }

  override async connect(request: ClientRequest, options: Options): Promise<Socket> {
    const { host = '', port } = options as { readonly host?: string; readonly port: number };
    const proxy = getProxyForUrl(`https://${host}:${port}`) === '' ? undefined : proxyOf(process.env);
    if (proxy === undefined) return connectTls({ ...(options as ConnectionOptions), servername: host });
    return new HttpsProxyAgent(proxy, { keepAlive: true }).connect(request, options);
  }
}

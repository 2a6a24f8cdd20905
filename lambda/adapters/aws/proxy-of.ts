/**
 * The proxy for all HTTPS that HTTPS_PROXY or ALL_PROXY name, in capitals or not; undefined if none does. Without a scheme it is
 * spoken to in plain HTTP, as the AWS CLI does.
 */
export function proxyOf(env: NodeJS.ProcessEnv): string | undefined {
  const named = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map(name => env[name]);
  const proxy = named.find(value => value !== undefined && value !== '');
  return proxy === undefined || proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** For messages: where a proxy is, without its user and password. */
export function proxyShown(proxy: string): string {
  try {
    const { protocol, host } = new URL(proxy);
    return `${protocol}//${host}`;
  } catch {
    return 'which is no URL';
  }
}

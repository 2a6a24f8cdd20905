/** The proxy for all HTTPS that HTTPS_PROXY or ALL_PROXY name, in capitals or not; undefined if none does. */
export function proxyOf(env: NodeJS.ProcessEnv): string | undefined {
  const named = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map(name => env[name]);
  return named.find(value => value !== undefined && value !== '');
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

/** The package has no types. */
declare module 'proxy-from-env' {
  /** The proxy for a URL, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY of the environment; empty for none. */
  export function getProxyForUrl(url: string): string;
}

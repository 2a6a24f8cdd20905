import { proxyOf, proxyShown } from '../../lambda/adapters/aws/proxy-of.ts';
import type { ClientConfig } from '../../lambda/adapters/aws/client-config.ts';
import type { CommandContext } from './command-context.ts';
import { processConsole } from './process-console.ts';

/** The options of every command. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
  /** The command line has a default for it. */
  readonly deployment: string;
}

export async function contextOf(options: SharedOptions, env: NodeJS.ProcessEnv): Promise<CommandContext> {
  const { json = false, endpointUrl, region, profile, deployment } = options;
  const aws = {
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
  };
  const proxy = isLoopback(endpointUrl ?? env['AWS_ENDPOINT_URL']) ? undefined : proxyOf(env);
  const [named, there] = [profile ?? env['AWS_PROFILE'], region ?? env['AWS_REGION']];
  return {
    deployment,
    console: processConsole(json),
    aws: proxy === undefined ? aws : await proxied(aws),
    caller: {
      ...(named !== undefined && { profile: named }),
      ...(there !== undefined && { region: there }),
      ...(proxy !== undefined && { proxy: proxyShown(proxy) }),
    },
  };
}

/** Most desks have no proxy, and need not load what reaches AWS through one. */
async function proxied(aws: ClientConfig): Promise<ClientConfig> {
  return (await import('../../lambda/adapters/aws/proxy.ts')).throughProxy(aws);
}

/** An embedded AWS, as rewrap local starts it. */
function isLoopback(endpoint: string | undefined): boolean {
  if (endpoint === undefined || !URL.canParse(endpoint)) return false;
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname);
}

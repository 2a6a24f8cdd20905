import type { RetryResolvedConfig } from '@smithy/core/retry';
import type { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import type { $ClientProtocol, Provider, SerdeFunctions } from '@smithy/types';
import type { EndpointResolvedConfig } from '@smithy/core/endpoints';
import type { AnyClient } from './fresh-identity.ts';
import type { Skewed } from './clock-of-answers.ts';
import type { Signing } from './sign.ts';

/** What lean calls use of a client of the SDK. */
export interface LeanClient extends AnyClient {
  readonly config: RetryResolvedConfig &
    Partial<EndpointResolvedConfig> &
    SerdeFunctions &
    Skewed & {
      readonly region: Provider<string>;
      readonly credentials: () => Promise<Signing['credentials']>;
      readonly requestHandler: {
        handle(request: HttpRequest): Promise<{ readonly response: HttpResponse }>;
      };
      readonly protocol: $ClientProtocol<HttpRequest, HttpResponse>;
    };
}
